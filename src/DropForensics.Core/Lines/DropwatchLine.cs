using System.Globalization;
using System.Text;
using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// A line of dropwatch that tells of drops, in either mode; what a mail or a shell put before it does not matter.
/// <code>2132 drops at __dev_xmit_skb+3f5 (0xffffffff8726d475) [software]</code>
/// <code>drop at: ip_rcv_finish_core.isra.0+0x1de/0x440 (0xffffffff96b6294e)</code>
/// <code>1762 packets dropped at unix_stream_recvmsg</code>
/// <code>3 drops at ttl_value_is_too_small (l3_drops) [hardware]</code>
/// </summary>
internal readonly ref struct DropwatchLine
{
    /// <summary>Stands for a place of which nothing is known.</summary>
    public const string Nowhere = "0x0";

    // No function is so long: what lies so far behind the image's last symbol is in a module.
    private const ulong LongestFunction = 1 << 20;

    /// <summary>How many drops it counts; 0 in packet mode, where a paragraph is one drop; -1 where the number is none that dropwatch can print.</summary>
    public long Drops { get; private init; }

    /// <summary>The place, as the kernel prints one: <c>ip_rcv+0x1de/0x440</c>, <c>0xffffffffc0a1b2c3</c>. Of hardware the trap's name.</summary>
    public string Place { get; private init; }

    /// <summary>The packet was dropped by hardware, and <see cref="Place"/> is the name of devlink's trap.</summary>
    public bool IsHardware { get; private init; }

    /// <summary>The line as dropwatch prints it, without what stood around it.</summary>
    public override string ToString() => (Drops, IsHardware) switch
    {
        (0, false) => $"drop at: {Place} (0x0)",
        (0, true) => $"drop at: {Place} (trap)",
        ( < 0, _) => $"0 drops at {Place} (0x0) [software]",
        (_, false) => string.Create(CultureInfo.InvariantCulture, $"{Drops} drops at {(Place.StartsWith("0x", StringComparison.Ordinal) ? "location " : "")}{Place} [software]"),
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
        int digits = place.IsEmpty ? 0 : line[..end].Length - line[..end].TrimEnd("0123456789"u8).Length;
        if (digits == 0 || !IsWordStart(line, end - digits))
            return false;
        bool isSound = AsciiNumber.TryDecimal(line[(end - digits)..end], out ulong drops) && drops is > 0 and <= int.MaxValue;
        read = Of(isSound ? (long)drops : -1, place, place.EndsWith("[hardware]"u8));
        return read.Place.Length > 0;
    }

    private static DropwatchLine Of(long drops, ReadOnlySpan<byte> place, bool isHardware)
    {
        if (place.StartsWith("location "u8))
            place = place["location "u8.Length..];
        int length = place.IndexOf((byte)' ') is > 0 and var blank ? blank : place.Length;
        ReadOnlySpan<byte> symbol = place[..length];
        return new DropwatchLine { Drops = drops, IsHardware = isHardware, Place = isHardware ? TraceText.Of(symbol) : PlaceOf(symbol, AddressIn(place[length..])) };
    }

    // "__dev_xmit_skb+3f5" is spelled as the kernel does it; "__init_scratch_end+fbdc203" names nothing, and only the address is known.
    private static string PlaceOf(ReadOnlySpan<byte> symbol, ReadOnlySpan<byte> address)
    {
        int plus = symbol.IndexOf((byte)'+');
        ReadOnlySpan<byte> name = plus < 0 ? symbol : symbol[..plus], rest = plus < 0 ? [] : symbol[(plus + 1)..];
        if (name.IsEmpty || name.ContainsAnyExcept(TraceText.NameBytes))
            return "";
        if (plus < 0)
            return TraceText.Of(name);
        rest = rest.StartsWith("0x"u8) ? rest[2..] : rest;
        int slash = rest.IndexOf((byte)'/');
        if (!AsciiNumber.TryHex(slash < 0 ? rest : rest[..slash], out ulong offset))
            return "";
        if (offset > LongestFunction)
            return address.IsEmpty ? Nowhere : TraceText.Of(address);
        string length = slash < 0 ? "" : TraceText.Of(rest[slash..]);
        return string.Create(CultureInfo.InvariantCulture, $"{Encoding.ASCII.GetString(name)}+0x{offset:x}{length}");
    }

    // People, too, write "10 drops at the switch".
    private static bool IsExact(ReadOnlySpan<byte> place) =>
        place.IndexOf((byte)'+') > 0 || place.IndexOf("(0x"u8) > 0 || place.StartsWith("location 0x"u8) || place.EndsWith("ware]"u8);

    private static bool IsOld(ReadOnlySpan<byte> place) => place.Contains((byte)'_') && !place.ContainsAnyExcept(TraceText.NameBytes);

    private static ReadOnlySpan<byte> AddressIn(ReadOnlySpan<byte> text)
    {
        int open = text.IndexOf("(0x"u8);
        int length = open < 0 ? -1 : text[open..].IndexOf((byte)')');
        return length < 0 ? [] : text[(open + 1)..(open + length)];
    }

    private static ReadOnlySpan<byte> After(ReadOnlySpan<byte> line, ReadOnlySpan<byte> mark, out int at)
    {
        at = line.IndexOf(mark);
        return at < 0 ? [] : line[(at + mark.Length)..].Trim((byte)' ');
    }

    private static bool IsWordStart(ReadOnlySpan<byte> line, int at) => at == 0 || !TraceText.NameBytes.Contains(line[at - 1]);
}
