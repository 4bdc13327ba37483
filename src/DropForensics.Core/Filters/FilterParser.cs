namespace DropForensics.Core.Filters;

/// <summary>
/// Reads an expression as pcap does: "and" and "or" bind equally and from the left, "not" binds closest, a value without a word before it takes the words of
/// the value before it (<c>port 80 or 443</c>), and a <c>vlan</c> makes all that is written after it look behind the tag.
/// </summary>
internal sealed class FilterParser(string text)
{
    /// <summary>Bounds how deep an expression can be.</summary>
    public const int LongestText = 2048;

    private List<FilterToken> _tokens = [];
    private int _next;
    private int _tags;
    private bool _hasType;

    /// <summary>Whether any part needs a packet: see <see cref="DropFilter.NeedsPackets"/>.</summary>
    public bool NeedsPackets { get; private set; }

    /// <summary>See <see cref="DropFilter.LooksAtPackets"/>.</summary>
    public bool LooksAtPackets => NeedsPackets || _hasType;

    /// <summary>Whether any part needs the interface.</summary>
    public bool NeedsInterface { get; private set; }

    /// <exception cref="UserError">It is no expression.</exception>
    public FilterNode Read()
    {
        if (text.Length > LongestText)
            throw FilterMistake.TooLong(LongestText);
        _tokens = FilterToken.Cut(text);
        if (_tokens.Count == 1)
            throw FilterMistake.Empty();
        FilterNode root = ReadAll(null, out _);
        if (Next.Text == ")")
            throw FilterMistake.Value(Next, "no parenthesis is open here", "Remove it, or open one before.");
        if (!Next.IsEnd)
            throw IsValue(Next) || FilterMistake.Known.Contains(Next.Text) ? FilterMistake.Needs(Next, "and or or") : FilterMistake.Unknown(Next);
        return root;
    }

    private FilterToken Next => _tokens[_next];

    // Until a closing parenthesis, or the end.
    private FilterNode ReadAll(Qualifiers? given, out Qualifiers? words)
    {
        FilterNode all = ReadPart(given, out words);
        while (Next.Text is "and" or "or")
        {
            bool isAnd = Take().Text == "and";
            FilterNode right = ReadPart(words, out words);
            all = isAnd ? new BothNode(all, right) : new EitherNode(all, right);
        }

        return all;
    }

    /// <param name="given">The words of the value before; null where there are none, or none that a value could take.</param>
    /// <param name="words">Those that a value after it takes.</param>
    private FilterNode ReadPart(Qualifiers? given, out Qualifiers? words)
    {
        if (Next.Text == "not")
        {
            Take();
            return new NotNode(ReadPart(given, out words));
        }

        if (Next.Text == "(")
        {
            Take();
            FilterNode inner = ReadAll(given, out _);
            Close();
            words = given;
            return inner;
        }

        if (Next.IsEnd)
            throw _next == 0 ? FilterMistake.Empty() : FilterMistake.Ends(_tokens[_next - 1].Given);
        if (IsValue(Next))
        {
            words = given ?? throw FilterMistake.Needs(Next, "a word such as host or port");
            return Value(given, Take());
        }

        return ReadWords(out words);
    }

    private FilterNode ReadWords(out Qualifiers? words)
    {
        FilterToken first = Next;
        words = null;
        switch (first.Text)
        {
            case "vlan":
                Take();
                return ReadTag();
            case "less" or "greater":
                Take();
                NeedsPackets = true;
                return new LengthNode(ReadNumber(int.MaxValue, "a number of bytes"), first.Text == "greater");
            case "reason" or "interface":
                Take();
                words = new Qualifiers { Kind = first.Text };
                return ReadValues(words);
        }

        string? protocol = Qualifiers.IsProtocol(first.Text) ? Take().Text : null;
        Direction? direction = ReadDirection();
        string? kind = Next.Text is "host" or "net" or "port" or "portrange" or "proto" ? Take().Text : null;
        if (protocol is not null && direction is null && kind is null)
        {
            if (IsValue(Next))
                throw FilterMistake.Needs(Next, "host, net, port or proto");
            return Named(protocol);
        }

        if (direction is null && kind is null)
            throw FilterMistake.Unknown(first);
        words = new Qualifiers { Protocol = protocol, Direction = direction ?? Direction.Either, Kind = kind ?? "host", At = first };
        words.Check(direction is not null);
        return ReadValues(words);
    }

    private Direction? ReadDirection()
    {
        if (Next.Text is not ("src" or "dst"))
            return null;
        bool isSource = Take().Text == "src";
        bool isPair = Next.Text is "and" or "or" && _tokens[_next + 1].Text == (isSource ? "dst" : "src");
        if (!isPair)
            return isSource ? Direction.Source : Direction.Destination;
        bool isBoth = Take().Text == "and";
        Take();
        return isBoth ? Direction.Both : Direction.Either;
    }

    // One value, or several in parentheses: port (80 or 443).
    private FilterNode ReadValues(Qualifiers words)
    {
        if (Next.Text == "not")
        {
            Take();
            return new NotNode(ReadValues(words));
        }

        if (Next.Text != "(")
        {
            bool isWord = Next.IsEnd || Next.Text is ")" or "and" or "or" || (words.Kind is not ("reason" or "interface" or "proto") && FilterMistake.Known.Contains(Next.Text));
            return isWord ? throw FilterMistake.Needs(Next, words.Expected) : Value(words, Take());
        }

        Take();
        FilterNode all = ReadValues(words);
        while (Next.Text is "and" or "or")
        {
            bool isAnd = Take().Text == "and";
            FilterNode right = ReadValues(words);
            all = isAnd ? new BothNode(all, right) : new EitherNode(all, right);
        }

        Close();
        return all;
    }

    private FilterNode Value(Qualifiers words, FilterToken value)
    {
        NeedsPackets |= words.Kind is not ("reason" or "interface");
        NeedsInterface |= words.Kind == "interface";
        FilterToken? mask = null;
        if (words.Kind == "net" && Next.Text == "mask")
        {
            Take();
            mask = IsValue(Next) ? Take() : throw FilterMistake.Needs(Next, "a mask, such as 255.255.0.0,");
        }

        return FilterValue.Read(words, value, mask, _tags);
    }

    private TagNode ReadTag()
    {
        NeedsPackets = true;
        int? id = null;
        if (Next.Text.Length > 0 && char.IsAsciiDigit(Next.Text[0]))
            id = (int)ReadNumber(4095, "the id of a VLAN");
        return new TagNode(id, _tags++);
    }

    private long ReadNumber(long most, string what)
    {
        FilterToken token = Next;
        if (token.IsEnd || !FilterValue.TryNumber(token.Text, out long number))
            throw FilterMistake.Needs(token, what);
        if (number > most)
            throw FilterMistake.Value(token, $"more than {most}", $"Give {what}.");
        Take();
        return number;
    }

    private FilterNode Named(string protocol)
    {
        int? type = Qualifiers.TypeOf(protocol);
        NeedsPackets |= type is null || _tags > 0;
        _hasType |= type is not null;
        return type is { } ethernet ? new TypeNode(ethernet, _tags) : FilterValue.Protocol(
            ServiceNames.Protocol(protocol) ?? 0, protocol is not "icmp6", protocol is not ("icmp" or "igmp" or "vrrp"), _tags);
    }

    private void Close()
    {
        if (Next.Text != ")")
            throw Next.IsEnd ? FilterMistake.Needs(Next, "a closing parenthesis") : FilterMistake.Needs(Next, "and, or or )");
        Take();
    }

    private FilterToken Take() => _tokens[_next++];

    // An address, a number or a name: no word of ours, and not the name of a protocol.
    private static bool IsValue(FilterToken token) => !token.IsEnd && token.Text is not ("(" or ")") && !FilterMistake.Known.Contains(token.Text)
        && (char.IsAsciiDigit(token.Text[0]) || token.Text[0] is ':' or '\\' || token.Text.Contains(':', StringComparison.Ordinal)
            || token.Text.Contains('.', StringComparison.Ordinal) || ServiceNames.TryPort(token.Text, out _, out _));
}
