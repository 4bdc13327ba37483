using System.Globalization;
using System.Net;
using System.Text;

namespace DropForensics.Capture.Rules;

/// <summary>How the bytes of a register are to be read.</summary>
internal enum RuleValue
{
    /// <summary>Nothing is known of them.</summary>
    Bytes,

    /// <summary>In network order.</summary>
    Number,

    /// <summary>In the host's order.</summary>
    HostNumber,

    /// <summary>The same, printed in hexadecimal.</summary>
    HostMark,

    Address,
    Ethernet,
    InterfaceName,
    Protocol,
    Family,
    EtherType,
    LinkType,
    IcmpType,

    /// <summary>Bits with names.</summary>
    ConnectionState,
    TcpFlags,
}

/// <summary>What a register holds while a rule runs.</summary>
/// <param name="Name">As nft names it: <c>tcp dport</c>.</param>
/// <param name="Value">How its bytes are read.</param>
internal sealed record RuleOperand(string Name, RuleValue Value)
{
    private static readonly string[] States = ["invalid", "established", "related", "new", "", "", "untracked"];
    private static readonly string[] Flags = ["fin", "syn", "rst", "psh", "ack", "urg", "ecn", "cwr"];

    /// <summary>What its bytes are masked with before they are compared; null as a rule.</summary>
    public byte[]? Mask { get; init; }

    /// <summary>Bits of a whole address, of which a rule may load fewer bytes for a prefix; 0 if it is no address.</summary>
    public int AddressBits { get; init; }

    /// <summary>A value that the rule itself gives; null as a rule.</summary>
    public string? Constant { get; init; }

    /// <summary>A value of the rule itself.</summary>
    public static RuleOperand Of(string constant) => new(constant, RuleValue.Bytes) { Constant = constant };

    /// <summary>Of enum nft_meta_keys.</summary>
    public static RuleOperand Meta(int key) => key switch
    {
        0 => new("meta length", RuleValue.HostNumber),
        1 => new("meta protocol", RuleValue.EtherType),
        2 => new("meta priority", RuleValue.HostMark),
        3 => new("meta mark", RuleValue.HostMark),
        4 => new("iif", RuleValue.HostNumber),
        5 => new("oif", RuleValue.HostNumber),
        6 => new("iifname", RuleValue.InterfaceName),
        7 => new("oifname", RuleValue.InterfaceName),
        8 => new("meta iiftype", RuleValue.LinkType),
        10 => new("meta skuid", RuleValue.HostNumber),
        11 => new("meta skgid", RuleValue.HostNumber),
        12 => new("meta nftrace", RuleValue.HostNumber),
        15 => new("meta nfproto", RuleValue.Family),
        16 => new("meta l4proto", RuleValue.Protocol),
        17 => new("meta ibrname", RuleValue.InterfaceName),
        18 => new("meta obrname", RuleValue.InterfaceName),
        19 => new("meta pkttype", RuleValue.HostNumber),
        20 => new("meta cpu", RuleValue.HostNumber),
        21 => new("iifgroup", RuleValue.HostNumber),
        22 => new("oifgroup", RuleValue.HostNumber),
        23 => new("meta cgroup", RuleValue.HostNumber),
        _ => new($"meta key {key}", RuleValue.Bytes),
    };

    /// <summary>Of enum nft_ct_keys.</summary>
    public static RuleOperand Connection(int key) => key switch
    {
        0 => new("ct state", RuleValue.ConnectionState),
        1 => new("ct direction", RuleValue.HostNumber),
        2 => new("ct status", RuleValue.HostMark),
        3 => new("ct mark", RuleValue.HostMark),
        _ => new($"ct key {key}", RuleValue.Bytes),
    };

    /// <summary>The comparison in words: <c>tcp dport != 22</c>.</summary>
    /// <param name="operation">Of enum nft_cmp_ops.</param>
    /// <param name="value">What it is compared with.</param>
    public string Compared(int operation, ReadOnlySpan<byte> value)
    {
        bool isNot = operation == 1;
        if (Value is RuleValue.ConnectionState or RuleValue.TcpFlags && Mask is { } any && isNot && value.IndexOfAnyExcept((byte)0) < 0) return $"{Name} {Format(any)}";
        if (Prefix(value) is { } prefix) return $"{Name} {(isNot ? "!= " : "")}{prefix}";
        string sign = operation switch { 1 => "!= ", 2 => "< ", 3 => "<= ", 4 => "> ", 5 => ">= ", _ => "" };
        return Mask is { } mask ? $"{Name} & 0x{Hex(mask)} {(isNot ? "!=" : "==")} 0x{Hex(value)}" : $"{Name} {sign}{Format(value)}";
    }

    /// <summary>A value of its kind as text.</summary>
    public string Format(ReadOnlySpan<byte> value) => Value switch
    {
        RuleValue.Number when Number(value, isBigEndian: true) is { } number => number.ToString(CultureInfo.InvariantCulture),
        RuleValue.HostNumber when Number(value, isBigEndian: false) is { } number => number.ToString(CultureInfo.InvariantCulture),
        RuleValue.HostMark when Number(value, isBigEndian: false) is { } number => $"0x{number:x}",
        RuleValue.Address when value.Length is 4 or 16 => new IPAddress(value).ToString(),
        RuleValue.Ethernet when value.Length == 6 => string.Join(':', value.ToArray().Select(part => part.ToString("x2", CultureInfo.InvariantCulture))),
        RuleValue.InterfaceName => value.IndexOf((byte)0) is var end and >= 0 ? $"\"{Encoding.UTF8.GetString(value[..end])}\"" : $"\"{Encoding.UTF8.GetString(value)}*\"",
        RuleValue.Protocol when value.Length == 1 => RuleContext.Protocol(value[0]),
        RuleValue.Family when value.Length == 1 => value[0] switch { 2 => "ipv4", 10 => "ipv6", var other => $"{other}" },
        RuleValue.EtherType when Number(value, isBigEndian: true) is { } type => type switch { 0x0800 => "ip", 0x86dd => "ip6", 0x0806 => "arp", 0x8100 => "vlan", var other => $"0x{other:x}" },
        RuleValue.LinkType when Number(value, isBigEndian: false) is 1 => "ether",
        RuleValue.IcmpType when value.Length == 1 => RuleContext.IcmpType(value[0]),
        RuleValue.ConnectionState => NamesOf(States, value),
        RuleValue.TcpFlags => NamesOf(Flags, value),
        _ => $"0x{Hex(value)}",
    };

    private string? Prefix(ReadOnlySpan<byte> value)
    {
        if (AddressBits == 0 || value.Length * 8 > AddressBits) return null;
        Span<byte> address = stackalloc byte[AddressBits / 8];
        address.Clear();
        value.CopyTo(address);
        int bits = value.Length * 8;
        if (Mask is { } mask)
        {
            bits = 0;
            foreach (byte part in mask)
            {
                bits += byte.PopCount(part);
                if (part != 0 && byte.PopCount(part) + byte.TrailingZeroCount(part) != 8) return null;
            }

            if (bits < mask.Length * 8 && mask.AsSpan((bits + 7) / 8).IndexOfAnyExcept((byte)0) >= 0) return null;
        }

        return bits == AddressBits ? new IPAddress(address).ToString() : $"{new IPAddress(address)}/{bits}";
    }

    private static string NamesOf(string[] all, ReadOnlySpan<byte> bits)
    {
        if (Number(bits, isBigEndian: false) is not { } set) return $"0x{Hex(bits)}";
        var names = all.Where((name, bit) => name.Length > 0 && (set >> bit & 1) != 0).ToList();
        return names.Count > 0 ? string.Join(',', names) : $"0x{set:x}";
    }

    private static ulong? Number(ReadOnlySpan<byte> value, bool isBigEndian)
    {
        if (value.Length is 0 or > 8) return null;
        ulong number = 0;
        for (int i = 0; i < value.Length; i++) number = number << 8 | value[isBigEndian ? i : value.Length - 1 - i];
        return number;
    }

    private static string Hex(ReadOnlySpan<byte> value) => Convert.ToHexStringLower(value);
}
