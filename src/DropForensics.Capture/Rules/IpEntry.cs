using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace DropForensics.Capture.Rules;

/// <summary>One entry of a table of iptables: struct ipt_entry or ip6t_entry, its matches and its target.</summary>
internal sealed class IpEntry
{
    // Of struct xt_entry_match and xt_entry_target: size, name, then the data.
    private const int PartHeader = 32, PartNameAt = 2, PartNameSize = 29;

    private readonly List<string> _words = [];
    private readonly int _verdict;
    private readonly bool _isGoto;

    private IpEntry(int start, int end, ReadOnlySpan<byte> entry, IpEntryLayout layout)
    {
        (Start, End) = (start, end);
        Packets = BinaryPrimitives.ReadInt64LittleEndian(entry[layout.Counters..]);
        Bytes = BinaryPrimitives.ReadInt64LittleEndian(entry[(layout.Counters + 8)..]);
        int targetAt = BinaryPrimitives.ReadUInt16LittleEndian(entry[layout.TargetOffset..]);
        AddHeader(entry, layout);
        for (ReadOnlySpan<byte> rest = entry[layout.Size..targetAt]; rest.Length >= PartHeader;)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (size < PartHeader || size > rest.Length) break;
            _words.Add(IpMatch.Words(NameOf(rest), rest[PartHeader - 1], rest[PartHeader..size]));
            rest = rest[size..];
        }

        ReadOnlySpan<byte> target = entry[targetAt..];
        Target = NameOf(target);
        if (Target.Length == 0 && target.Length >= PartHeader + 4) _verdict = BinaryPrimitives.ReadInt32LittleEndian(target[PartHeader..]);
        if (Target == "ERROR") ErrorName = TextOf(target[PartHeader..Math.Min(target.Length, PartHeader + 30)]);
        _isGoto = (entry[layout.Flags] & layout.Goto) != 0;
    }

    /// <summary>Where it begins, in bytes from the table's beginning.</summary>
    public int Start { get; }

    /// <summary>Where the next one begins.</summary>
    public int End { get; }

    public long Packets { get; }

    public long Bytes { get; }

    /// <summary>Name of its target; empty for the kernel's own: a verdict or a jump.</summary>
    public string Target { get; }

    /// <summary>Of an entry that opens a chain of a user's own: that chain's name.</summary>
    public string ErrorName { get; } = "";

    /// <summary>The entry that some bytes begin with; null where they hold none.</summary>
    public static IpEntry? TryParse(ReadOnlySpan<byte> bytes, int start, bool isIpv6)
    {
        IpEntryLayout layout = isIpv6 ? IpEntryLayout.Ipv6 : IpEntryLayout.Ipv4;
        if (bytes.Length < layout.Size) return null;
        int target = BinaryPrimitives.ReadUInt16LittleEndian(bytes[layout.TargetOffset..]), size = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(layout.TargetOffset + 2)..]);
        return target >= layout.Size && size >= target + PartHeader && size <= bytes.Length ? new IpEntry(start, start + size, bytes[..size], layout) : null;
    }

    /// <summary>How it ends: <c>drop</c>, <c>jump DOCKER</c>; null where a packet goes on to the next rule.</summary>
    /// <param name="chains">Names by the offset of a chain's first rule.</param>
    public string? Verdict(IReadOnlyDictionary<int, string> chains) => (Target, _verdict) switch
    {
        ("", -1) => "drop",
        ("", -2) => "accept",
        ("", -4) => "queue",
        ("", -5) => "return",
        ("", < 0) => $"verdict {_verdict}",
        ("", var offset) when chains.GetValueOrDefault(offset) is { } chain => $"{(_isGoto ? "goto" : "jump")} {chain}",
        ("", _) => null,
        ("REJECT", _) => "reject",
        ("LOG" or "NFLOG" or "MARK" or "CONNMARK" or "TRACE" or "CT" or "TCPMSS" or "CHECKSUM" or "DSCP" or "TOS", _) => null,
        var (name, _) => name,
    };

    /// <summary>Its text: <c>-p udp -m udp --dport 9 -j DROP</c>.</summary>
    /// <param name="chains">As of <see cref="Verdict"/>.</param>
    public string Text(IReadOnlyDictionary<int, string> chains) => string.Join(' ', [.. _words, Ending(chains)]).Trim();

    private string Ending(IReadOnlyDictionary<int, string> chains)
    {
        if (Target.Length > 0) return $"-j {Target}";
        return Verdict(chains) switch
        {
            null => "",
            { } jump when jump.StartsWith("jump ", StringComparison.Ordinal) => $"-j {jump[5..]}",
            { } go when go.StartsWith("goto ", StringComparison.Ordinal) => $"-g {go[5..]}",
            { } verdict => $"-j {verdict.ToUpperInvariant()}",
        };
    }

    private void AddHeader(ReadOnlySpan<byte> entry, IpEntryLayout layout)
    {
        const int Source = 0x08, Destination = 0x10, In = 0x01, Out = 0x02, Protocol = 0x40, Fragment = 0x01, FragmentInverted = 0x20;
        int size = layout.AddressSize, inverted = entry[layout.InvertedFlags];
        AddAddress("-s", entry[..size], entry.Slice(2 * size, size), (inverted & Source) != 0);
        AddAddress("-d", entry.Slice(size, size), entry.Slice(3 * size, size), (inverted & Destination) != 0);
        AddInterface("-i", entry.Slice(layout.Interfaces, 16), entry.Slice(layout.Interfaces + 32, 16), (inverted & In) != 0);
        AddInterface("-o", entry.Slice(layout.Interfaces + 16, 16), entry.Slice(layout.Interfaces + 48, 16), (inverted & Out) != 0);
        int protocol = BinaryPrimitives.ReadUInt16LittleEndian(entry[(layout.Interfaces + 64)..]);
        if (!layout.IsIpv6 && (entry[layout.Flags] & Fragment) != 0) _words.Add($"{((inverted & FragmentInverted) != 0 ? "! " : "")}-f");
        if (protocol != 0) _words.Add($"{((inverted & Protocol) != 0 ? "! " : "")}-p {RuleContext.Protocol(protocol)}");
    }

    private void AddAddress(string option, ReadOnlySpan<byte> address, ReadOnlySpan<byte> mask, bool isInverted)
    {
        if (mask.IndexOfAnyExcept((byte)0) < 0) return;
        int bits = 0;
        foreach (byte part in mask) bits += byte.PopCount(part);
        _words.Add($"{(isInverted ? "! " : "")}{option} {new IPAddress(address)}/{bits.ToString(CultureInfo.InvariantCulture)}");
    }

    // A mask that stops before the name's end means every name that begins like this: eth+.
    private void AddInterface(string option, ReadOnlySpan<byte> name, ReadOnlySpan<byte> mask, bool isInverted)
    {
        int length = mask.IndexOf((byte)0) is var end and >= 0 ? end : mask.Length;
        if (length == 0) return;
        string text = TextOf(name[..length]);
        _words.Add($"{(isInverted ? "! " : "")}{option} {text}{(text.Length == length ? "+" : "")}");
    }

    private static string NameOf(ReadOnlySpan<byte> part) => TextOf(part.Slice(PartNameAt, PartNameSize));

    internal static string TextOf(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.IndexOf((byte)0) is var end and >= 0 ? bytes[..end] : bytes);
}

/// <summary>Where the members of an entry lie, in bytes; and the flag that makes a jump a goto.</summary>
internal sealed record IpEntryLayout(int AddressSize, int Interfaces, int Flags, int Goto, int InvertedFlags, int TargetOffset, int Counters, int Size)
{
    public bool IsIpv6 => AddressSize == 16;

    public static IpEntryLayout Ipv4 { get; } = new(4, 16, 82, 2, 83, 88, 96, 112);

    public static IpEntryLayout Ipv6 { get; } = new(16, 64, 131, 4, 132, 140, 152, 168);
}

/// <summary>The matches of iptables in words.</summary>
internal static class IpMatch
{
    // In the order in which iptables prints them, each with its bit.
    private static readonly (string Name, int Bit)[] States = [("INVALID", 0), ("NEW", 3), ("RELATED", 2), ("ESTABLISHED", 1), ("UNTRACKED", 8), ("SNAT", 6), ("DNAT", 7)];

    private static readonly (string Name, int Bit)[] StatesOfState = [("INVALID", 0), ("NEW", 3), ("RELATED", 2), ("ESTABLISHED", 1), ("UNTRACKED", 6)];
    private static readonly string[] TcpFlags = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

    /// <summary><c>-m udp --dport 9</c>; the name alone where its data are not known here.</summary>
    /// <param name="name">Of the match.</param>
    /// <param name="revision">Which layout its data have.</param>
    /// <param name="data">What follows its header.</param>
    public static string Words(string name, byte revision, ReadOnlySpan<byte> data)
    {
        // Since iptables 1.4.17 state is another name of conntrack, with a flag of its own (XT_CONNTRACK_STATE_ALIAS).
        bool isState = name == "conntrack" && revision >= 2 && data.Length >= 152 && (BinaryPrimitives.ReadUInt16LittleEndian(data[146..]) >> 13 & 1) != 0;
        string words = (name, data.Length) switch
        {
            ("tcp", >= 12) => Ports(data, data[11]) + Flags(data[9], data[10], (data[11] & 4) != 0),
            ("udp", >= 9) => Ports(data, data[8]),
            ("comment", > 0) => $" --comment \"{IpEntry.TextOf(data)}\"",
            ("conntrack", >= 152) when revision >= 2 => StatesOf(States, BinaryPrimitives.ReadUInt16LittleEndian(data[150..]), (BinaryPrimitives.ReadUInt16LittleEndian(data[148..]) & 1) != 0, isState ? "--state" : "--ctstate"),
            ("state", >= 4) => StatesOf(StatesOfState, BinaryPrimitives.ReadUInt32LittleEndian(data), false, "--state"),
            ("multiport", >= 48) when revision == 1 => Multiport(data),
            ("mark", >= 9) => $"{(data[8] != 0 ? " !" : "")} --mark 0x{BinaryPrimitives.ReadUInt32LittleEndian(data):x}/0x{BinaryPrimitives.ReadUInt32LittleEndian(data[4..]):x}",
            _ => "",
        };
        return $"-m {(isState ? "state" : name)}{words}";
    }

    private static string Ports(ReadOnlySpan<byte> data, int inverted) => Range("--sport", data, (inverted & 1) != 0) + Range("--dport", data[4..], (inverted & 2) != 0);

    private static string Flags(byte mask, byte set, bool isInverted) => mask == 0 ? "" : $"{(isInverted ? " !" : "")} --tcp-flags {FlagNames(mask)} {FlagNames(set)}";

    private static string FlagNames(byte bits) => string.Join(',', TcpFlags.Where((_, bit) => (bits >> bit & 1) != 0)) is { Length: > 0 } names ? names : "NONE";

    private static string Range(string option, ReadOnlySpan<byte> data, bool isInverted)
    {
        int from = BinaryPrimitives.ReadUInt16LittleEndian(data), to = BinaryPrimitives.ReadUInt16LittleEndian(data[2..]);
        if (from == 0 && to == ushort.MaxValue) return "";
        return $"{(isInverted ? " !" : "")} {option} {from}{(to == from ? "" : $":{to}")}";
    }

    // struct xt_multiport_v1: which side, how many, 15 ports, 15 marks of a range's first port, inverted.
    private static string Multiport(ReadOnlySpan<byte> data)
    {
        var ports = new StringBuilder();
        for (int i = 0; i < Math.Min((int)data[1], 15); i++)
        {
            if (i > 0) ports.Append(data[32 + i - 1] != 0 ? ':' : ',');
            ports.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReadUInt16LittleEndian(data[(2 + (2 * i))..])}");
        }

        return $"{(data[47] != 0 ? " !" : "")} {data[0] switch { 0 => "--sports", 1 => "--dports", _ => "--ports" }} {ports}";
    }

    private static string StatesOf((string Name, int Bit)[] states, uint bits, bool isInverted, string option)
    {
        var names = states.Where(state => (bits >> state.Bit & 1) != 0).Select(state => state.Name).ToList();
        return names.Count == 0 ? "" : $"{(isInverted ? " !" : "")} {option} {string.Join(',', names)}";
    }
}
