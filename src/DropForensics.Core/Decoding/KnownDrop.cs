using DropForensics.Core.Events;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.Text;

namespace DropForensics.Core.Decoding;

/// <summary>
/// The part of a tracepoint's line after the addresses of the packet and its socket. Only these addresses differ between two drops of a kind,
/// so the part after them is parsed once and then recognized by its bytes.
/// <code>kfree_skb: skbaddr=ffff99596362a500 rx_sk=0000000000000000| protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: NO_SOCKET</code>
/// </summary>
/// <param name="IsSound">It could be parsed.</param>
/// <param name="IsDrop">It is a drop, not a consumed packet.</param>
/// <param name="EtherType">Of a drop.</param>
/// <param name="Location">Of a drop; null if the line hides it.</param>
/// <param name="Reason">Of a drop; null where the kernel gives none.</param>
internal sealed record KnownDrop(bool IsSound, bool IsDrop, int? EtherType, string? Location, DropReason? Reason)
{
    /// <summary>Its event's name.</summary>
    public const string Event = "kfree_skb";

    // As %p prints it where pointers have 64 bits. Others are parsed each time.
    private const int AddressDigits = 16;

    private static ReadOnlySpan<byte> Opening => "kfree_skb: skbaddr="u8;

    /// <summary>Cuts off the addresses and the text before them; false if the text has another form and must be parsed in full.</summary>
    public static bool TryCut(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> rest)
    {
        rest = text;
        if (!TryCutAddress(ref rest, Opening))
            return false;
        _ = TryCutAddress(ref rest, " rx_sk="u8); // since 6.11
        return true;
    }

    /// <param name="rest">From <see cref="TryCut"/>.</param>
    /// <param name="pools">They share equal parts between lines.</param>
    public static KnownDrop Parse(ReadOnlySpan<byte> rest, TracePools pools)
    {
        // Stands for any packet's address; a socket's address is skipped anyway.
        byte[] text = [.. Opening, .. "0000000000000000"u8, .. rest];
        EventKind kind = EventText.Parse(text, hitsOf: [], out DropArguments arguments);
        DropReason? reason = arguments.Reason.IsEmpty ? null : pools.Reasons.Get(arguments.Reason);
        bool isSound = kind == EventKind.Drop && GluedRecord.Find(text) < 0;
        string? location = arguments.Location.IsEmpty ? null : pools.Locations.Get(arguments.Location);
        return new KnownDrop(isSound, isSound && !pools.ReasonTable.IsConsumed(reason), arguments.EtherType, location, reason);
    }

    // With a blank behind it.
    private static bool TryCutAddress(ref ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        int end = name.Length + AddressDigits;
        if (text.Length <= end || text[end] != ' ' || !text.StartsWith(name) || !AsciiNumber.TryHex(text[name.Length..end], out _))
            return false;
        text = text[end..];
        return true;
    }
}
