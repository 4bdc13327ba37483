namespace DropForensics.Core.Packets;

/// <summary>
/// Where a packet lies in its buffer, as the kernel's <c>struct sk_buff</c> had it (include/linux/skbuff.h): offsets are bytes from
/// <c>head</c>. A value the probe could not read may be anything, so <see cref="SkbWindow"/> checks everything before use.
/// </summary>
public readonly record struct SkbGeometry
{
    /// <summary>What the kernel stores for a header offset that is not set, <c>(u16)~0</c>.</summary>
    public const ulong Unset = 0xffff;

    /// <summary>A geometry whose header offsets are unset and whose other values are 0.</summary>
    public SkbGeometry()
    {
    }

    /// <summary>Address of the buffer, <c>skb->head</c>.</summary>
    public ulong Head { get; init; }

    /// <summary>Address of the packet's first byte not yet pulled, <c>skb->data</c>.</summary>
    public ulong Data { get; init; }

    /// <summary>Bytes from <see cref="Data"/> on, fragments included, <c>skb->len</c>.</summary>
    public ulong Length { get; init; }

    /// <summary>How many of them are in fragments, outside the buffer, <c>skb->data_len</c>.</summary>
    public ulong DataLength { get; init; }

    /// <summary>Offset of the first byte after the packet, <c>skb->tail</c>.</summary>
    public ulong Tail { get; init; }

    /// <summary>Offset of the link header, <c>skb->mac_header</c>.</summary>
    public ulong Mac { get; init; } = Unset;

    /// <summary>Offset of the network header, <c>skb->network_header</c>; 0 in a buffer whose owner never set it.</summary>
    public ulong Network { get; init; } = Unset;

    /// <summary><c>skb->protocol</c> in host order: 2048 IPv4; 0 where the socket family has none.</summary>
    public int Protocol { get; init; }
}
