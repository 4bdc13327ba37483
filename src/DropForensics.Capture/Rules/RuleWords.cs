using DropForensics.Capture.Network;

namespace DropForensics.Capture.Rules;

/// <summary>
/// Puts a rule of nf_tables into the words of the program nft. A rule is a list of expressions (include/uapi/linux/netfilter/nf_tables.h): some load a part of
/// the packet into a register, others compare a register, and the last one decides. One that is not known here is named in brackets.
/// </summary>
/// <param name="family">Of its table: <c>inet</c>.</param>
/// <param name="elements">Reads what is in a set that nft made for this rule; it gives null if that is not to be known.</param>
internal sealed class RuleWords(string family, Func<string, IReadOnlyList<NfElement>?> elements)
{
    private const int MostShown = 16;

    private readonly List<string> _words = [];
    private readonly List<(int Register, RuleOperand Operand)> _registers = [], _unused = [];
    private readonly RuleContext _context = new(family);

    /// <summary>Of the rule's counter; null where it has none, or one before a further condition: that counts packets which the rule then passes on.</summary>
    public long? Packets { get; private set; }

    /// <summary>The same in bytes.</summary>
    public long? Bytes { get; private set; }

    public string? Verdict { get; private set; }

    public string Text => string.Join(' ', _words);

    /// <summary>Takes the next expression.</summary>
    /// <param name="expression">Its attributes: the name, then nested what belongs to it.</param>
    public void Add(ReadOnlySpan<byte> expression)
    {
        const int NameOfIt = 1, DataOfIt = 2;
        string name = RouteNetlink.Text(NfTables.Find(expression, NameOfIt));
        ReadOnlySpan<byte> data = NfTables.Find(expression, DataOfIt);
        switch (name)
        {
            case "meta": Load(data, destination: 1, source: 3, RuleOperand.Meta(Number(data, 2))); break;
            case "ct": Load(data, destination: 1, source: 4, RuleOperand.Connection(Number(data, 2))); break;
            case "payload": Load(data, destination: 1, source: 5, _context.Payload(Number(data, 2), Number(data, 3), Number(data, 4))); break;
            case "bitwise": Mask(Number(data, 1), Number(data, 2), Value(NfTables.Find(data, 4))); break;
            case "cmp": Compare(Number(data, 1), Number(data, 2), Value(NfTables.Find(data, 3))); break;
            case "range": Range(Number(data, 1), Number(data, 2), Value(NfTables.Find(data, 3)), Value(NfTables.Find(data, 4))); break;
            case "lookup": Lookup(data); break;
            case "immediate": Decide(Number(data, 1), NfTables.Find(data, 2)); break;
            case "counter": Count(data); break;
            case "limit": Limit(data); break;
            case "log": _words.Add(RouteNetlink.Text(NfTables.Find(data, 2)) is { Length: > 0 } prefix ? $"log prefix \"{prefix}\"" : "log"); break;
            case "objref": _words.Add(Number(data, 1) == 1 ? $"counter name \"{RouteNetlink.Text(NfTables.Find(data, 2))}\"" : "[objref]"); break;
            case "reject": End("reject"); break;
            case "queue": End("queue"); break;
            case "match": Condition(); _words.Add($"xt match \"{RouteNetlink.Text(NfTables.Find(data, 1))}\""); break;
            case "target": End($"xt target \"{RouteNetlink.Text(NfTables.Find(data, 1))}\""); break;
            case "masq": End("masquerade"); break;
            case "notrack": _words.Add("notrack"); break;
            default: Condition(); _words.Add($"[{name}]"); break;
        }
    }

    /// <summary>The comment that nft keeps with a rule, for itself: type, length, text.</summary>
    public void Comment(ReadOnlySpan<byte> userData)
    {
        const int CommentType = 0;
        if (userData.Length > 2 && userData[0] == CommentType && userData.Length >= 2 + userData[1]) _words.Add($"comment \"{RouteNetlink.Text(userData.Slice(2, userData[1]))}\"");
    }

    // With a source register it sets what it else would load.
    private void Load(ReadOnlySpan<byte> data, int destination, int source, RuleOperand operand)
    {
        if (!NfTables.Find(data, source).IsEmpty)
        {
            _words.Add($"{operand.Name} set {Take(Number(data, source)).Constant ?? "…"}");
            return;
        }

        Put(Number(data, destination), operand);
    }

    private void Mask(int source, int destination, ReadOnlySpan<byte> mask) => Put(destination, Take(source) with { Mask = mask.ToArray() });

    private void Compare(int register, int operation, ReadOnlySpan<byte> value)
    {
        const int Equal = 0, AtMost = 3;
        Condition();
        RuleOperand operand = Take(register);
        _context.Learn(operand, operation == Equal ? value : [], _words);

        // A range is two comparisons of one register.
        string least = $"{operand.Name} >= ";
        if (operation == AtMost && _words.Count > 0 && _words[^1].StartsWith(least, StringComparison.Ordinal)) _words[^1] = $"{operand.Name} {_words[^1][least.Length..]}-{operand.Format(value)}";
        else _words.Add(operand.Compared(operation, value));
    }

    private void Range(int register, int operation, ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        Condition();
        RuleOperand operand = Take(register);
        _context.Learn(operand, [], _words);
        _words.Add($"{operand.Name} {(operation == 1 ? "!= " : "")}{operand.Format(from)}-{operand.Format(to)}");
    }

    private void Lookup(ReadOnlySpan<byte> data)
    {
        const int SetName = 1, Destination = 3, Flags = 5, Inverted = 1;
        Condition();
        string set = RouteNetlink.Text(NfTables.Find(data, SetName));
        foreach ((int _, RuleOperand? loaded) in _unused) _context.Learn(loaded, [], _words);
        string key = string.Join(" . ", _unused.Select(each => each.Operand.Name));
        RuleOperand? operand = _unused.Count == 1 ? _unused[0].Operand : null;
        _unused.Clear();

        // Sets that nft makes for one rule have no name of their own.
        bool isVerdict = NfTables.Int32(NfTables.Find(data, Destination)) == 0;
        bool isNamed = !set.StartsWith("__", StringComparison.Ordinal);
        IReadOnlyList<NfElement>? members = isNamed && !isVerdict ? null : elements(set);
        string shown = isNamed ? $"@{set}" : $"{{ {(members is { Count: > 0 and <= MostShown } && operand is not null && members.All(each => !each.IsPart) ? string.Join(", ", members.Select(each => Member(operand, each))) : "…")} }}";
        if (isVerdict) Verdict = members is null ? "map" : $"map {string.Join(',', members.Select(each => each.Verdict).OfType<string>().Distinct().Order(StringComparer.Ordinal))}";
        _words.Add($"{key} {(isVerdict ? "vmap " : "")}{(Number(data, Flags) == Inverted ? "!= " : "")}{shown}");
    }

    private static string Member(RuleOperand operand, NfElement element) => $"{operand.Format(element.Key)}{(element.Verdict is { } verdict ? $" : {verdict}" : "")}";

    private void Decide(int register, ReadOnlySpan<byte> data)
    {
        const int VerdictOfIt = 2;
        ReadOnlySpan<byte> verdict = NfTables.Find(data, VerdictOfIt);
        if (verdict.IsEmpty)
        {
            Put(register, RuleOperand.Of($"0x{Convert.ToHexStringLower(Value(data))}"));
            return;
        }

        if (NfTables.Verdict(verdict) is { } decided) End(decided);
    }

    private void Count(ReadOnlySpan<byte> data)
    {
        (Packets, Bytes) = NfTables.Counter(data);
        _words.Add("counter");
    }

    private void Limit(ReadOnlySpan<byte> data)
    {
        const int Rate = 1, Unit = 2, Type = 4, Flags = 5, Inverted = 1, OfBytes = 1;
        Condition();
        string unit = NfTables.Int64(NfTables.Find(data, Unit)) switch { 1 => "second", 60 => "minute", 3600 => "hour", 86400 => "day", 604800 => "week", var seconds => $"{seconds} s" };
        _words.Add($"limit rate {(Number(data, Flags) == Inverted ? "over " : "")}{NfTables.Int64(NfTables.Find(data, Rate))}{(Number(data, Type) == OfBytes ? " bytes" : "")}/{unit}");
    }

    // What was counted before it is not what the rule decides on.
    private void Condition() => (Packets, Bytes) = (null, null);

    private void End(string verdict)
    {
        Verdict = verdict;
        _words.Add(verdict);
    }

    private void Put(int register, RuleOperand operand)
    {
        _registers.RemoveAll(each => each.Register == register);
        _registers.Add((register, operand));
        _unused.Add((register, operand));
    }

    private RuleOperand Take(int register)
    {
        _unused.RemoveAll(each => each.Register == register);
        int at = _registers.FindIndex(each => each.Register == register);
        return at < 0 ? RuleOperand.Of("…") : _registers[at].Operand;
    }

    private static int Number(ReadOnlySpan<byte> data, int attribute) => NfTables.Int32(NfTables.Find(data, attribute)) ?? 0;

    // NFTA_DATA_VALUE
    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> data) => NfTables.Find(data, 1);
}
