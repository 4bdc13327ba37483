namespace DropForensics.Core.Packets;

/// <summary>
/// Bytes of kernel memory around a packet's <c>skb->data</c>, and which of them are the packet's. The others are unrelated memory. All
/// positions are indexes into <see cref="Bytes"/>, and none lies outside, whatever the geometry says.
/// </summary>
public readonly ref struct SkbWindow
{
    // Behind every packet, and far from an overflow.
    private const long Nowhere = long.MaxValue / 2;

    /// <summary>Checks the geometry and finds the packet's bytes; with an impossible geometry there are none.</summary>
    /// <param name="geometry">The packet's, unchecked.</param>
    /// <param name="before">How many bytes before <c>skb->data</c> the window begins.</param>
    /// <param name="bytes">The window.</param>
    public SkbWindow(scoped in SkbGeometry geometry, int before, Span<byte> bytes)
    {
        Bytes = bytes;
        Protocol = geometry.Protocol;
        MacAt = NetworkAt = -1;
        if (geometry.Head < KernelAddress.Lowest || geometry.Data < geometry.Head || geometry.Data - geometry.Head > geometry.Tail
            || geometry.Tail > int.MaxValue || geometry.Length > uint.MaxValue || geometry.DataLength > geometry.Length)
        {
            return;
        }

        long data = (long)(geometry.Data - geometry.Head), origin = data - before;
        // An allocated buffer has network_header 0 until somebody sets it; a set one has at least the headroom before it.
        long mac = Believed(geometry.Mac, geometry.Tail);
        long network = geometry.Network == 0 ? Nowhere : Believed(geometry.Network, geometry.Tail);
        long start = Math.Min(data, Math.Min(mac, network));
        long end = Math.Min((long)geometry.Tail, data + (long)(geometry.Length - geometry.DataLength));
        if (end <= start)
            return;
        PacketEnd = before + (long)geometry.Length;
        Start = (int)Math.Clamp(start - origin, 0, bytes.Length);
        End = (int)Math.Clamp(end - origin, 0, bytes.Length);
        MacAt = Index(mac, origin);
        NetworkAt = Index(network, origin);
    }

    /// <summary>The window's bytes: kernel memory, of which only some belong to the packet.</summary>
    public Span<byte> Bytes { get; }

    /// <summary><c>skb->protocol</c> in host order.</summary>
    public int Protocol { get; }

    /// <summary>The packet's first byte, at its first header that is set; <see cref="End"/> if no byte of it is in the window.</summary>
    public int Start { get; }

    /// <summary>After the last byte of the packet.</summary>
    public int End { get; }

    /// <summary>After the packet's last byte anywhere, also in fragments and outside the window; 0 if the geometry is impossible.</summary>
    public long PacketEnd { get; }

    /// <summary>The link header; -1 if it is not set or not in the window.</summary>
    public int MacAt { get; }

    /// <summary>The network header; -1 if it is not set or not in the window.</summary>
    public int NetworkAt { get; }

    private static long Believed(ulong offset, ulong tail) => offset != SkbGeometry.Unset && offset <= tail ? (long)offset : Nowhere;

    private int Index(long offset, long origin) => offset - origin >= Start && offset - origin < End ? (int)(offset - origin) : -1;
}
