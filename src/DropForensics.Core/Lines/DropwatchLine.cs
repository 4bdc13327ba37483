using System.Globalization;
using System.Text;
using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// A line of dropwatch that reports drops, in either mode; text that a mail or a logger put before it is ignored.
/// <code>2132 drops at __dev_xmit_skb+3f5 (0xffffffff8726d475) [software]</code>
/// <code>drop at: ice_clean_rx_irq+0x1de/0x440 [ice] (0xffffffffc0b6294e)</code>
/// <code>1762 packets dropped at unix_stream_recvmsg</code>
/// <code>3 drops at ttl_value_is_too_small (l3_drops) [hardware]</code>
/// </summary>
internal readonly ref struct DropwatchLine
{
    /// <summary>Stands for an unknown place.</summary>
    public const string Nowhere = "0x0";

    // No function is this long: an address so far after the image's last symbol is in a module.
    private const ulong LongestFunction = 1 << 20;

    /// <summary>How many drops it counts; 0 in packet mode, where a paragraph is one drop; -1 for a number that dropwatch cannot print.</summary>
    public long Drops { get; private init; }

    /// <summary>The place, as the kernel prints one: <c>ip_rcv+0x1de/0x440</c>, <c>0xffffffffc0a1b2c3</c>. For hardware the trap's name.</summary>
    public string Place { get; private init; }

    /// <summary>The packet was dropped by hardware, and <see cref="Place"/> is the name of devlink's trap.</summary>
    public bool IsHardware { get; private init; }

    /// <summary>The line as dropwatch prints it, without text around it.</summary>
    public override string ToString() => (Drops, IsHardware) switch
    {
        (0, false) => $"drop at: {Place} (0x0)",
        (0, true) => $"drop at: {Place} (trap)",
        ( < 0, _) => $"0 drops at {Place} (0x0) [software]",
        (_, false) => string.Create(CultureInfo.InvariantCulture, $"{Drops} drops at {(IsAddress(Place) ? "location " : "")}{Place} (0x0) [software]"),
        (_, true) => string.Create(CultureInfo.InvariantCulture, $"{Drops} drops at {Place} (trap) [hardware]"),
    };

    /// <summary>Reads a line; false for any other.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out DropwatchLine read)
    {
        read = default;
        if (After(line, "drop at: "u8, out int start) is { IsEmpty: false } place && IsWordStart(line, start))
        {
            read = Of(0, place, place.IndexOf(" (0x"u8) < 0 && place.IndexOf(" ("u8) > 0);
            return read.Place.Length > 0;
        }

        place = After(line, " drops at "u8, out int end);
        if (place.IsEmpty ? !IsOld(place = After(line, " packets dropped at "u8, out end)) : !IsExact(place))
            return false;
        int digits = end - line[..end].TrimEnd("0123456789,"u8).Length;
        if (digits == 0 || !IsWordStart(line, end - digits))
            return false;
        read = Of(Count(line[(end - digits)..end]), place, place.EndsWith("[hardware]"u8));
        return read.Place.Length > 0;
    }

    // People insert separators into numbers.
    private static long Count(ReadOnlySpan<byte> digits)
    {
        string text = Encoding.ASCII.GetString(digits);
        string plain = text.Replace(",", "", StringComparison.Ordinal);
        bool isSound = int.TryParse(plain, NumberStyles.None, CultureInfo.InvariantCulture, out int drops) && drops > 0
            && (plain.Length == text.Length || text == drops.ToString("#,0", CultureInfo.InvariantCulture));
        return isSound ? drops : -1;
    }

    private static DropwatchLine Of(long drops, ReadOnlySpan<byte> place, bool isHardware)
    {
        if (place.StartsWith("location "u8))
            place = place["location "u8.Length..];
        int length = place.IndexOf((byte)' ') is > 0 and var blank ? blank : place.Length;
        ReadOnlySpan<byte> symbol = place[..length], rest = place[length..];
        string where = isHardware ? IsName(symbol) ? TraceText.Of(symbol) : "" : PlaceOf(symbol, Between(rest, "(0x"u8, (byte)')'));
        string module = isHardware || where.Length == 0 || IsAddress(where) || !rest.StartsWith(" ["u8) ? "" : TraceText.Of(Between(rest, "["u8, (byte)']'));
        return new DropwatchLine { Drops = drops, IsHardware = isHardware, Place = module is "" or "software" ? where : $"{where} [{module}]" };
    }

    // "__dev_xmit_skb+3f5" is rewritten in the kernel's spelling; "__init_scratch_end+fbdc203" names nothing, and only the address is known.
    private static string PlaceOf(ReadOnlySpan<byte> symbol, ReadOnlySpan<byte> address)
    {
        int plus = symbol.IndexOf((byte)'+');
        ReadOnlySpan<byte> name = plus < 0 ? symbol : symbol[..plus], rest = plus < 0 ? [] : symbol[(plus + 1)..];
        if (!IsName(name))
            return "";
        if (plus < 0)
            return TraceText.Of(name);
        int slash = rest.IndexOf((byte)'/');
        if (!TryOffset(slash < 0 ? rest : rest[..slash], out ulong offset))
            return "";
        if (offset > LongestFunction)
            return AsciiNumber.TryHex(address, out ulong known) ? string.Create(CultureInfo.InvariantCulture, $"0x{known:x}") : Nowhere;
        string length = slash >= 0 && TryOffset(rest[(slash + 1)..], out ulong size) ? string.Create(CultureInfo.InvariantCulture, $"/0x{size:x}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Encoding.ASCII.GetString(name)}+0x{offset:x}{length}");
    }

    // People write "10 drops at the switch", too.
    private static bool IsExact(ReadOnlySpan<byte> place) =>
        place.IndexOf((byte)'+') > 0 || place.IndexOf("(0x"u8) > 0 || place.StartsWith("location 0x"u8) || place.EndsWith("ware]"u8);

    private static bool IsOld(ReadOnlySpan<byte> place) => place.Contains((byte)'_') && !place.ContainsAnyExcept(TraceText.NameBytes);

    private static bool IsName(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(TraceText.NameBytes);

    private static bool IsAddress(string place) => place.StartsWith("0x", StringComparison.Ordinal);

    private static bool TryOffset(ReadOnlySpan<byte> digits, out ulong value) => AsciiNumber.TryHex(digits.StartsWith("0x"u8) ? digits[2..] : digits, out value);

    /// <summary>The text between a mark and an end, without either; empty if one is missing, or no name or number follows.</summary>
    private static ReadOnlySpan<byte> Between(ReadOnlySpan<byte> text, ReadOnlySpan<byte> mark, byte end)
    {
        int open = text.IndexOf(mark);
        int length = open < 0 ? -1 : text[(open + mark.Length)..].IndexOf(end);
        ReadOnlySpan<byte> found = length < 0 ? [] : text[(open + mark.Length)..(open + mark.Length + length)];
        return IsName(found) ? found : [];
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> line, ReadOnlySpan<byte> mark, out int at)
    {
        at = line.IndexOf(mark);
        return at < 0 ? [] : line[(at + mark.Length)..].Trim((byte)' ');
    }

    private static bool IsWordStart(ReadOnlySpan<byte> line, int at) => at == 0 || !(TraceText.NameBytes.Contains(line[at - 1]) || line[at - 1] is (byte)'-' or (byte)',');
}

/// <summary>
/// A line of packet mode's paragraph, below the one with the packet's place; or dropwatch's own loss count. Text before it is
/// ignored.
/// <code>timestamp: Thu Dec 22 13:14:21 2022 005165840 nsec</code>
/// <code>protocol: 0x800</code>
/// <code>Tail dropped: 55</code>
/// </summary>
internal readonly record struct DropwatchAttribute(DropwatchAttributeKind Kind, long Number, string Text)
{
    private static readonly (string Name, DropwatchAttributeKind Kind)[] Known =
    [
        ("input port ifindex", DropwatchAttributeKind.IfIndex), ("timestamp", DropwatchAttributeKind.Time), ("protocol", DropwatchAttributeKind.EtherType),
        ("original length", DropwatchAttributeKind.Length), ("length", DropwatchAttributeKind.Length), ("drop reason", DropwatchAttributeKind.Reason),
        ("Tail dropped", DropwatchAttributeKind.Lost), ("origin", DropwatchAttributeKind.Other), ("input port name", DropwatchAttributeKind.Other),
        ("output port ifindex", DropwatchAttributeKind.Other), ("output port name", DropwatchAttributeKind.Other), ("cookie", DropwatchAttributeKind.Other),
    ];

    /// <summary>Reads a line; false for any other, and for an invalid value.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out DropwatchAttribute read)
    {
        string text = TraceText.Of(line);
        foreach ((string name, DropwatchAttributeKind kind) in Known)
        {
            int at = text.LastIndexOf(name + ": ", StringComparison.Ordinal);
            if (at < 0 || (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] == '_')))
                continue;
            string value = text[(at + name.Length + 2)..].Trim();
            read = Of(kind, value);
            return read.Kind != DropwatchAttributeKind.None;
        }

        read = default;
        return false;
    }

    /// <summary>The line as dropwatch prints it, and of what is not read nothing.</summary>
    public override string ToString() => Kind switch
    {
        DropwatchAttributeKind.IfIndex => string.Create(CultureInfo.InvariantCulture, $"input port ifindex: {Number}"),
        DropwatchAttributeKind.Time => string.Create(
            CultureInfo.InvariantCulture, $"timestamp: {DateTime.UnixEpoch.AddSeconds(Number / 1_000_000_000):ddd MMM d HH:mm:ss yyyy} {Number % 1_000_000_000:d9} nsec"),
        DropwatchAttributeKind.EtherType => string.Create(CultureInfo.InvariantCulture, $"protocol: 0x{Number:x}"),
        DropwatchAttributeKind.Length => string.Create(CultureInfo.InvariantCulture, $"length: {Number}"),
        DropwatchAttributeKind.Reason => $"drop reason: {Text}",
        DropwatchAttributeKind.Lost => string.Create(CultureInfo.InvariantCulture, $"Tail dropped: {Number}"),
        _ => "origin: (redacted)",
    };

    private static DropwatchAttribute Of(DropwatchAttributeKind kind, string value)
    {
        long number = 0;
        bool isSound = kind switch
        {
            DropwatchAttributeKind.Time => TryTime(value, out number),
            DropwatchAttributeKind.EtherType => value.StartsWith("0x", StringComparison.Ordinal)
                && long.TryParse(value.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out number) && number is >= 0 and <= ushort.MaxValue,
            DropwatchAttributeKind.Reason => value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'),
            DropwatchAttributeKind.Other => true,
            _ => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= int.MaxValue,
        };
        return isSound ? new DropwatchAttribute(kind, number, value) : default;
    }

    // The time of day on the host, as asctime(3) writes it, without its time zone.
    private static bool TryTime(string text, out long ns)
    {
        ns = 0;
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 6 || !long.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out long fraction) || fraction is < 0 or > 999_999_999)
            return false;
        bool isTime = DateTime.TryParseExact(
            string.Join(' ', parts[1..5]), "MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time);
        long seconds = isTime ? (long)(time - DateTime.UnixEpoch).TotalSeconds : -1;
        if (seconds is < 0 or > 9_000_000_000)
            return false;
        ns = (seconds * 1_000_000_000) + fraction;
        return true;
    }
}

/// <summary>The kind of such a line.</summary>
internal enum DropwatchAttributeKind
{
    None,

    /// <summary>Index of the interface that the packet arrived through.</summary>
    IfIndex,

    /// <summary>When it was dropped, ns since 1970 in the host's zone.</summary>
    Time,

    /// <summary>skb->protocol.</summary>
    EtherType,

    /// <summary>Bytes of the packet.</summary>
    Length,

    /// <summary>The kernel's reason.</summary>
    Reason,

    /// <summary>Packets that the kernel could not queue for dropwatch.</summary>
    Lost,

    /// <summary>A kind that captures do not store.</summary>
    Other,
}
