using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Knowledge;

/// <summary>What is known of a drop reason, or of a function that drops.</summary>
public sealed record KnowledgeEntry
{
    /// <summary>Whether it is of a reason; else of functions, and holds for drops without a telling reason.</summary>
    public required bool IsReason { get; init; }

    /// <summary>One or more.</summary>
    public required IReadOnlyList<KnownName> Names { get; init; }

    /// <summary>The functions a reason is meant in, or patterns of them; empty: wherever it is given.</summary>
    public required IReadOnlyList<KnownName> In { get; init; }

    /// <summary>What else must be true of the drop, all of it; empty: nothing.</summary>
    internal IReadOnlyList<Condition> When { get; init; } = [];

    /// <summary>Where it holds, for people: <c>in icmp_rcv, where the packet went to a multicast group</c>; empty where it holds everywhere.</summary>
    internal string Scope => string.Join(", ", new[]
    {
        In.Count > 0 ? $"in {string.Join(", ", In.Select(n => n.Name))}" : null,
        When.Count > 0 ? $"where {string.Join(" and ", When.Select(w => w.Words))}" : null,
    }.OfType<string>());

    /// <summary>What the report gathers it under: an id of <see cref="Findings.Topic"/>.</summary>
    public required string Topic { get; init; }

    public required KernelRange Kernels { get; init; }

    /// <summary>The kernels that have a reason of this entry under a name.</summary>
    internal KernelRange KernelsOf(string name) => Names.FirstOrDefault(n => n.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.Kernels ?? Kernels;
    public required Severity Severity { get; init; }

    /// <summary>Whether such drops are no losses at all: frees that drop counts hold for technical reasons.</summary>
    public required bool IsNoise { get; init; }

    /// <summary>What happened, in sentences.</summary>
    public required string What { get; init; }

    /// <summary>Usual causes, the most frequent first; one or more.</summary>
    public required IReadOnlyList<string> Causes { get; init; }

    /// <summary>What to check next; one or more.</summary>
    public required IReadOnlyList<KnownCheck> Checks { get; init; }

    /// <summary>Counters that move with it, as nstat names them; from elsewhere with their file: <c>link.rx_dropped</c>, <c>qdisc.dropped</c>.</summary>
    public required IReadOnlyList<string> Counters { get; init; }
}

/// <summary>A name that an entry goes by.</summary>
/// <param name="Name">A reason's, without <c>SKB_DROP_REASON_</c>; a function's, or a pattern of them: <c>fq_codel_*</c>, <c>*tx_clean*</c>.</param>
/// <param name="Kernels">The kernels of this name; null: those of the entry.</param>
public sealed record KnownName(string Name, KernelRange? Kernels)
{
    /// <summary>Whether a function has this name, or one of the pattern.</summary>
    public bool Matches(string function) => (Name.StartsWith('*'), Name.EndsWith('*')) switch
    {
        (true, true) => function.Contains(Name.Trim('*'), StringComparison.OrdinalIgnoreCase),
        (false, true) => function.StartsWith(Name[..^1], StringComparison.OrdinalIgnoreCase),
        _ => function.Equals(Name, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>How closely it names what it matches: a whole name before a pattern, a long pattern before a short one, a prefix before a part.</summary>
    internal (int Kind, int Length) Closeness => ((Name.StartsWith('*'), Name.EndsWith('*')) switch
    {
        (true, _) => 0,
        (_, true) => 1,
        _ => 2,
    }, Name.Length);
}

/// <summary>Something to try next.</summary>
/// <param name="Command">For a POSIX shell; <c>$IF</c>, <c>$ADDR</c> and <c>$PORT</c> stand for the interface, address and port in question.</param>
/// <param name="Shows">What it shows.</param>
public sealed record KnownCheck(string Command, string Shows);

/// <summary>What must be true of a drop beside its function and reason for an entry to hold: one word of a <c>when</c> line.</summary>
/// <param name="Word">As knowledge.txt has it.</param>
internal sealed record Condition(string Word)
{
    /// <summary>The packet went to a multicast group; to everybody on the link.</summary>
    public static readonly Condition ToGroup = new("to-group"), ToEverybody = new("to-everybody");

    /// <summary>An IPv4, IPv6 or ARP packet, which every kernel takes unless it is told not to.</summary>
    public static readonly Condition OfIp = new("of-ip");

    /// <summary>The packet was on its way out: it had come in through another interface, or began on this host.</summary>
    public static readonly Condition GoingOut = new("going-out");

    /// <summary>The interface counted each of these drops as one it could not send: it has no queue at all, as without a carrier.</summary>
    public static readonly Condition NoQueue = new("no-queue");

    /// <summary>No flow lost more than a few of these packets, and each within a moment: the sender was told and did otherwise.</summary>
    public static readonly Condition FewAFlow = new("few-a-flow");

    private const string LoadedPrefix = "loaded:", NotLoadedPrefix = "not-loaded:", CountedPrefix = "counted:", TcPrefix = "counted:tc.";

    private static readonly Condition[] WithoutName = [ToGroup, ToEverybody, OfIp, GoingOut, NoQueue, FewAFlow];

    /// <summary>The module it names; null if it names none.</summary>
    public string? Module => After(LoadedPrefix) ?? After(NotLoadedPrefix);

    /// <summary>The counter that must have grown with the drops, as nstat names it; null if it names none.</summary>
    public string? Counter => TcDirection is null ? After(CountedPrefix) : null;

    /// <summary><c>ingress</c> or <c>egress</c>, where tc filters must have counted the drops; else null.</summary>
    public string? TcDirection => After(TcPrefix) is "ingress" or "egress" ? After(TcPrefix) : null;

    /// <summary>Whether a count proves it.</summary>
    public bool IsCounted => Counter is not null || TcDirection is not null;

    /// <summary>Whether that module must be loaded, or must not be on a host that lists its modules.</summary>
    public bool IsLoaded => After(LoadedPrefix) is not null;

    /// <summary>The condition of a word; null for none that is known.</summary>
    public static Condition? Parse(string word) =>
        new Condition(word) is var condition && (WithoutName.Contains(condition) || condition.Module is not null || condition.IsCounted) ? condition : null;

    /// <summary>For people, after "where": <c>the packet went to a multicast group</c>.</summary>
    public string Words => this == ToGroup ? "the packet went to a multicast group"
        : this == ToEverybody ? "the packet went to everybody on the link"
        : this == OfIp ? "the packet is IPv4, IPv6 or ARP"
        : this == GoingOut ? "the packet was on its way out"
        : this == NoQueue ? "the interface counted each drop in tx_dropped"
        : this == FewAFlow ? "no flow lost more than a few packets, each within a second"
        : TcDirection is { } direction ? $"tc filters on {direction} counted most of the drops"
        : Counter is { } counter ? $"the counter {counter} grew with most of the drops"
        : $"the module {Module} is {(IsLoaded ? "" : "not ")}loaded";

    private string? After(string prefix) => Word.StartsWith(prefix, StringComparison.Ordinal) && Word.Length > prefix.Length ? Word[prefix.Length..] : null;
}

/// <summary>What drops of a kind mean for the users of the host.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Ordinary: nothing was lost that anyone needs.</summary>
    [JsonStringEnumMemberName("harmless")]
    Harmless,

    /// <summary>A fault or not, depending on what the traffic is.</summary>
    [JsonStringEnumMemberName("depends")]
    Depends,

    /// <summary>Something was lost that someone needs.</summary>
    [JsonStringEnumMemberName("harmful")]
    Harmful,
}

/// <summary>How a severity is spelled, everywhere.</summary>
internal static class SeverityWord
{
    public static string Of(Severity severity) => severity switch
    {
        Severity.Harmless => "harmless",
        Severity.Depends => "check",
        _ => "harmful",
    };
}
