using System.Globalization;
using System.Numerics;
using System.Text;
using DropForensics.Core.Text;

namespace DropForensics.Core.Filters;

/// <summary>Makes a value with the words before it a part of a filter.</summary>
internal static class FilterValue
{
    private const int Ipv4Bits = 32, Ipv6Bits = 128, WordBits = 32;
    private const int Ipv4Source = 12, Ipv4Destination = 16, ArpSource = 14, ArpTarget = 24, Ipv6Source = 8, Ipv6Destination = 24;
    private const int MostPort = ushort.MaxValue;
    private const string ReasonPrefix = "SKB_DROP_REASON_"; // in the kernel's source, not in a trace

    /// <param name="words">Before it.</param>
    /// <param name="value">The value.</param>
    /// <param name="mask">Of a network, as an address; usually null.</param>
    /// <param name="tags">VLAN tags before the network header.</param>
    /// <exception cref="UserError">It is no value of that kind.</exception>
    public static FilterNode Read(Qualifiers words, FilterToken value, FilterToken? mask, int tags) => words.Kind switch
    {
        "host" => Host(words, value, tags),
        "net" => Net(words, value, mask, tags),
        "port" or "portrange" => Ports(words, value, tags),
        "proto" => Protocol(NumberOfProtocol(value), words.Protocol is null or "ip", words.Protocol is null or "ip6", tags),
        "reason" => new ReasonNode(value.Given.StartsWith(ReasonPrefix, StringComparison.OrdinalIgnoreCase) ? value.Given[ReasonPrefix.Length..] : value.Given),
        _ => new InterfaceNode(value.Given),
    };

    /// <summary>A protocol behind IPv4, IPv6, or either; behind IPv6 also where one fragment header is between.</summary>
    public static FilterNode Protocol(int number, bool inIpv4, bool inIpv6, int tags)
    {
        const int ProtocolAt = 9, NextAt = 6, FragmentNextAt = 40;
        FilterNode? four = !inIpv4 ? null : new BothNode(new TypeNode(Packets.Protocol.Ipv4, tags), new ByteNode(ProtocolAt, number, tags));
        FilterNode? six = !inIpv6 ? null : new BothNode(
            new TypeNode(Packets.Protocol.Ipv6, tags),
            new EitherNode(
                new ByteNode(NextAt, number, tags),
                new BothNode(new ByteNode(NextAt, Packets.Protocol.Fragment, tags), new ByteNode(FragmentNextAt, number, tags))));
        return Either(four, six);
    }

    /// <summary>A number in digits, without zeros in front, which pcap reads as octal; 0x for hexadecimal.</summary>
    public static bool TryNumber(string text, out long number)
    {
        number = 0;
        return text.StartsWith("0x", StringComparison.Ordinal)
            ? long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number >= 0
            : (text is "0" || !text.StartsWith('0')) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static FilterNode Host(Qualifiers words, FilterToken value, int tags)
    {
        if (value.Text.Contains('/', StringComparison.Ordinal))
            throw FilterMistake.Value(value, "a host has no mask", $"For a network write: net {value.Given}");
        if (!TryAddress(value.Text, out UInt128 address, out bool isIpv6))
        {
            throw value.Text.All(c => char.IsAsciiDigit(c) || c == '.')
                ? FilterMistake.Value(value, "an address has four numbers", $"For a network write: net {value.Given}")
                : FilterMistake.Value(value, "no address", "Give a host by its address; names are not looked up.");
        }

        return Address(words, value, address, isIpv6 ? Ipv6Bits : Ipv4Bits, isIpv6, tags);
    }

    // net 10.0.0.0/8, net 10.0/16, net 10, net 10.0.0.0 mask 255.0.0.0, net 2001:db8::/32
    private static FilterNode Net(Qualifiers words, FilterToken value, FilterToken? mask, int tags)
    {
        string[] parts = value.Text.Split('/');
        int given = parts[0].Count(c => c == '.') + 1;
        bool isIpv6 = parts[0].Contains(':', StringComparison.Ordinal);
        string whole = isIpv6 || given > 4 ? parts[0] : parts[0] + string.Concat(Enumerable.Repeat(".0", 4 - given));
        if (!TryAddress(whole, out UInt128 address, out _))
            throw FilterMistake.Value(value, "no network", "Give it as 10.0.0.0/8 or 2001:db8::/32.");
        int bits = isIpv6 ? Ipv6Bits : Ipv4Bits, length = isIpv6 ? Ipv6Bits : 8 * given;
        if (parts.Length > 2 || (parts.Length == 2 && (mask is not null || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits)))
            throw FilterMistake.Value(value, $"after the slash comes a number up to {bits}, alone", "Give it as 10.0.0.0/8 or 2001:db8::/32.");
        if (mask is not null)
            length = LengthOf(mask, isIpv6);
        if (length < bits && (address & (Ones(bits - length))) != 0)
            throw FilterMistake.Value(value, $"bits are set behind the first {length}", $"Give the network's own address: net {Text(address & ~Ones(bits - length), isIpv6)}/{length}");
        return Address(words, value, address, length, isIpv6, tags);
    }

    private static int LengthOf(FilterToken mask, bool isIpv6)
    {
        if (isIpv6 || !TryAddress(mask.Text, out UInt128 value, out bool isSix) || isSix)
            throw FilterMistake.Value(mask, "no mask of an IPv4 network", "Give it as 255.255.0.0, or write the network as 10.0.0.0/16.");
        int length = BitOperations.LeadingZeroCount(~(uint)value);
        return (uint)value == (length == 0 ? 0 : uint.MaxValue << (Ipv4Bits - length)) ? length
            : throw FilterMistake.Value(mask, "a mask of ones with zeros between", "Give one whose ones come first, such as 255.255.0.0.");
    }

    private static FilterNode Address(Qualifiers words, FilterToken value, UInt128 address, int length, bool isIpv6, int tags)
    {
        if (words.Protocol is { } only && (only == "ip6") != isIpv6)
            throw FilterMistake.Value(value, $"'{only}' before an address of IPv{(isIpv6 ? 6 : 4)}", "Leave it out, or give an address of the other kind.");
        if (isIpv6)
            return Both(new TypeNode(Packets.Protocol.Ipv6, tags), Ends(words.Direction, Ipv6At(Ipv6Source), Ipv6At(Ipv6Destination)));
        FilterNode? all = null;
        foreach (string type in (string[])["ip", "arp", "rarp"])
        {
            if (words.Protocol is not null && words.Protocol != type)
                continue;
            bool isIp = type == "ip";
            all = Either(all, Both(
                new TypeNode(Qualifiers.TypeOf(type) ?? 0, tags), Ends(words.Direction, Ipv4At(isIp ? Ipv4Source : ArpSource), Ipv4At(isIp ? Ipv4Destination : ArpTarget))));
        }

        return all ?? throw FilterMistake.Value(value, "no address", "Give one as 10.0.0.7.");

        FilterNode? Ipv4At(int at) => Word(at, (uint)address, length, tags);

        FilterNode? Ipv6At(int at)
        {
            FilterNode? all = null;
            for (int i = 0; i < Ipv6Bits / WordBits; i++)
                all = Both(all, Word(at + 4 * i, (uint)(address >> (Ipv6Bits - WordBits * (i + 1))), Math.Clamp(length - WordBits * i, 0, WordBits), tags));
            return all;
        }
    }

    private static FilterNode Ports(Qualifiers words, FilterToken value, int tags)
    {
        (int low, int high, Transports on) = words.Kind == "portrange" ? Range(value) : Port(value, value.Text) is var (port, only) ? (port, port, only) : default;
        Transports asked = words.Protocol switch { "tcp" => Transports.Tcp, "udp" => Transports.Udp, "sctp" => Transports.Sctp, _ => Transports.All };
        if ((asked & on) == 0)
            throw FilterMistake.Value(value, $"a port of {on.ToString().ToLowerInvariant()}", $"Write: {on.ToString().ToLowerInvariant()} port {value.Given}");
        asked &= on;

        FilterNode six = Both(Both(new TypeNode(Packets.Protocol.Ipv6, tags), Transport(6)), PortEnds(isIpv6: true));
        FilterNode four = Both(Both(Both(new TypeNode(Packets.Protocol.Ipv4, tags), Transport(9)), new FirstFragmentNode(tags)), PortEnds(isIpv6: false));
        return Either(six, four);

        FilterNode Transport(int at)
        {
            FilterNode? any = null;
            if (asked.HasFlag(Transports.Sctp)) any = Either(any, new ByteNode(at, Packets.Protocol.Sctp, tags));
            if (asked.HasFlag(Transports.Tcp)) any = Either(any, new ByteNode(at, Packets.Protocol.Tcp, tags));
            if (asked.HasFlag(Transports.Udp)) any = Either(any, new ByteNode(at, Packets.Protocol.Udp, tags));
            return any!; // at least one was asked for
        }

        FilterNode PortEnds(bool isIpv6) => Ends(words.Direction, new PortNode(isIpv6, 0, low, high, tags), new PortNode(isIpv6, 2, low, high, tags))!; // neither is null
    }

    private static (int Port, Transports On) Port(FilterToken value, string text)
    {
        if (TryNumber(text, out long number))
            return number <= MostPort ? ((int)number, Transports.All) : throw FilterMistake.Value(value, $"a port is at most {MostPort}", "Give a smaller number.");
        if (ServiceNames.TryPort(text, out int port, out Transports on))
            return (port, on);
        throw FilterMistake.Value(value, "no port", ServiceNames.Near(text) is { } near ? $"Did you mean {near}?"
            : text.Contains('-', StringComparison.Ordinal) && char.IsAsciiDigit(text[0]) ? $"For a range write: portrange {text}" : "Give its number.");
    }

    // 8000-8080, in any order; one port alone is a range too.
    private static (int Low, int High, Transports On) Range(FilterToken value)
    {
        int dash = value.Text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0 || ServiceNames.TryPort(value.Text, out _, out _))
            return Port(value, value.Text) is var (only, on) ? (only, only, on) : default;
        (int first, Transports onFirst) = Port(value, value.Text[..dash]);
        (int last, Transports onLast) = Port(value, value.Text[(dash + 1)..]);
        return (Math.Min(first, last), Math.Max(first, last), onFirst == onLast ? onFirst : Transports.All);
    }

    private static int NumberOfProtocol(FilterToken value)
    {
        string name = value.Text.TrimStart('\\');
        if (TryNumber(name, out long number) && number <= byte.MaxValue)
            return (int)number;
        return ServiceNames.Protocol(name) ?? throw FilterMistake.Value(value, "no protocol above IP", "Give its number, at most 255, or a name such as tcp.");
    }

    // An address of IPv4 mapped into IPv6 is one of IPv6 here: that is what stands in the packet.
    private static bool TryAddress(string text, out UInt128 address, out bool isIpv6)
    {
        isIpv6 = text.Contains(':', StringComparison.Ordinal);
        if (!AsciiAddress.TryParse(Encoding.ASCII.GetBytes(text), out address, out bool isSix))
            return false;
        if (isIpv6 && !isSix)
            address |= (UInt128)0xffff << Ipv4Bits;
        return true;
    }

    private static string Text(UInt128 address, bool isIpv6) => isIpv6 ? Model.IpText.Of(address, Packets.Protocol.Ipv6) : Model.IpText.Of(address, Packets.Protocol.Ipv4);

    private static UInt128 Ones(int count) => count == Ipv6Bits ? UInt128.MaxValue : ((UInt128)1 << count) - 1;

    // Null for a word of which no bit is compared: it is not even read.
    private static WordNode? Word(int at, uint value, int length, int tags)
    {
        uint mask = length == 0 ? 0 : uint.MaxValue << (WordBits - length);
        return mask == 0 ? null : new WordNode(at, value & mask, mask, tags);
    }

    private static FilterNode? Ends(Direction direction, FilterNode? source, FilterNode? destination) => direction switch
    {
        Direction.Source => source,
        Direction.Destination => destination,
        Direction.Both => source is null ? null : Both(source, destination),
        _ => source is null ? null : Either(source, destination),
    };

    private static FilterNode Both(FilterNode? left, FilterNode? right) => left is null ? right! : right is null ? left : new BothNode(left, right); // one is given

    private static FilterNode Either(FilterNode? left, FilterNode? right) => left is null ? right! : right is null ? left : new EitherNode(left, right); // one is given
}
