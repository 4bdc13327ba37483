namespace DropForensics.Core.Filters;

/// <summary>
/// A part of a filter. Each asks for the same bytes in the same order as the program that pcap makes of the same words, because a byte that is not there
/// decides the whole expression (<see cref="Answer.Cut"/>). Offsets count from the network header, which lies behind so many VLAN tags.
/// </summary>
public abstract class FilterNode
{
    private protected FilterNode()
    {
    }

    /// <summary>What it says of a drop; allocates nothing.</summary>
    internal abstract Answer Test(in FilterSubject drop);
}

/// <summary>Both parts.</summary>
public sealed class BothNode(FilterNode left, FilterNode right) : FilterNode
{
    /// <summary>The first.</summary>
    public FilterNode Left => left;

    /// <summary>The second.</summary>
    public FilterNode Right => right;

    internal override Answer Test(in FilterSubject drop)
    {
        Answer first = left.Test(drop);
        if (first is Answer.No or Answer.Cut)
            return first;
        Answer second = right.Test(drop);
        return first == Answer.Yes || second == Answer.No ? second : Answer.Unknown;
    }
}

/// <summary>One part or the other.</summary>
public sealed class EitherNode(FilterNode left, FilterNode right) : FilterNode
{
    /// <summary>The first.</summary>
    public FilterNode Left => left;

    /// <summary>The second.</summary>
    public FilterNode Right => right;

    internal override Answer Test(in FilterSubject drop)
    {
        Answer first = left.Test(drop);
        if (first is Answer.Yes or Answer.Cut)
            return first;
        Answer second = right.Test(drop);
        return first == Answer.No || second == Answer.Yes ? second : Answer.Unknown;
    }
}

/// <summary>Not the part.</summary>
public sealed class NotNode(FilterNode inner) : FilterNode
{
    /// <summary>The part.</summary>
    public FilterNode Inner => inner;

    internal override Answer Test(in FilterSubject drop) => inner.Test(drop) switch
    {
        Answer.No => Answer.Yes,
        Answer.Yes => Answer.No,
        var other => other,
    };
}

/// <summary><c>ip</c>, <c>ip6</c>, <c>arp</c>, <c>rarp</c>.</summary>
/// <param name="etherType">The type, 2048 for IPv4.</param>
/// <param name="tags">VLAN tags before it.</param>
public sealed class TypeNode(int etherType, int tags) : FilterNode
{
    /// <summary>The type.</summary>
    public int EtherType => etherType;

    /// <summary>VLAN tags before it.</summary>
    public int Tags => tags;

    internal override Answer Test(in FilterSubject drop) => drop.IsType(etherType, tags);
}

/// <summary>A byte of the network header or behind it.</summary>
public sealed class ByteNode(int at, int value, int tags) : FilterNode
{
    internal override Answer Test(in FilterSubject drop) => !drop.HasPacket ? Answer.Unknown
        : !drop.TryByte(drop.PayloadAt(tags) + at, out int found) ? Answer.Cut : found == value ? Answer.Yes : Answer.No;
}

/// <summary>Four bytes of the network header, those of them that <paramref name="mask"/> has.</summary>
public sealed class WordNode(int at, uint value, uint mask, int tags) : FilterNode
{
    internal override Answer Test(in FilterSubject drop) => !drop.HasPacket ? Answer.Unknown
        : !drop.TryWord(drop.PayloadAt(tags) + at, out uint found) ? Answer.Cut : (found & mask) == value ? Answer.Yes : Answer.No;
}

/// <summary>An IPv4 packet that is whole, or a first fragment: the others have no ports.</summary>
public sealed class FirstFragmentNode(int tags) : FilterNode
{
    private const int OffsetAt = 6, OffsetBits = 0x1fff;

    internal override Answer Test(in FilterSubject drop) => !drop.HasPacket ? Answer.Unknown
        : !drop.TryHalf(drop.PayloadAt(tags) + OffsetAt, out int found) ? Answer.Cut : (found & OffsetBits) == 0 ? Answer.Yes : Answer.No;
}

/// <summary>A port behind the network header: of IPv6 only right behind it, as in pcap.</summary>
/// <param name="isIpv6">Its header has 40 bytes; that of IPv4 says how long it is.</param>
/// <param name="at">0 for the source's port, 2 for the destination's.</param>
/// <param name="low">The lowest that matches.</param>
/// <param name="high">The highest.</param>
/// <param name="tags">VLAN tags before the network header.</param>
public sealed class PortNode(bool isIpv6, int at, int low, int high, int tags) : FilterNode
{
    private const int Ipv6Bytes = 40;

    internal override Answer Test(in FilterSubject drop)
    {
        if (!drop.HasPacket)
            return Answer.Unknown;
        int start = drop.PayloadAt(tags), header = Ipv6Bytes;
        if (!isIpv6)
        {
            if (!drop.TryByte(start, out int first))
                return Answer.Cut;
            header = 4 * (first & 0xf);
        }

        return !drop.TryHalf(start + header + at, out int port) ? Answer.Cut : port >= low && port <= high ? Answer.Yes : Answer.No;
    }
}

/// <summary><c>vlan 5</c>: a tag, and its id if one is given. What follows it in the expression looks behind the tag.</summary>
public sealed class TagNode(int? id, int tags) : FilterNode
{
    internal override Answer Test(in FilterSubject drop) => drop.HasTag(id, tags);
}

/// <summary><c>less 100</c>, <c>greater 100</c>: the packet's length, this one included.</summary>
public sealed class LengthNode(long bytes, bool isLeast) : FilterNode
{
    internal override Answer Test(in FilterSubject drop) => !drop.HasPacket ? Answer.Unknown
        : (isLeast ? drop.Length >= bytes : drop.Length <= bytes) ? Answer.Yes : Answer.No;
}

/// <summary><c>reason NO_SOCKET</c>, in any case; no word of pcap.</summary>
public sealed class ReasonNode(string name) : FilterNode
{
    /// <summary>Its name.</summary>
    public string Name => name;

    internal override Answer Test(in FilterSubject drop) => name.Equals(drop.Reason, StringComparison.OrdinalIgnoreCase) ? Answer.Yes : Answer.No;
}

/// <summary><c>interface eth0</c>: the packet's interface, or one that it passed; no word of pcap.</summary>
public sealed class InterfaceNode(string name) : FilterNode
{
    /// <summary>Its name.</summary>
    public string Name => name;

    internal override Answer Test(in FilterSubject drop) =>
        name == drop.Interface || (drop.Passed is { } passed && Array.IndexOf(passed, name) >= 0) ? Answer.Yes : Answer.No;
}
