namespace DropForensics.Core.Packets;

/// <summary>
/// Zeroes the bytes of a window that must not be kept: memory outside the packet, and the payload after its headers. Masking twice is the same as
/// masking once, and a masked window decodes to the same result.
/// </summary>
public static class PacketMask
{
    /// <param name="window">Changed in place.</param>
    /// <param name="keepsPayload">Whether the payload stays too; memory that is not the packet's never does.</param>
    public static void Apply(in SkbWindow window, bool keepsPayload)
    {
        ByteRange kept = new(window.Start, window.End);
        if (!keepsPayload)
            PacketDecoder.TryDecode(window, out _, out kept);
        window.Bytes[..kept.Start].Clear();
        window.Bytes[kept.End..].Clear();
    }
}

/// <summary>Neighbouring bytes of a window.</summary>
/// <param name="Start">Index of the first.</param>
/// <param name="End">Index after the last.</param>
public readonly record struct ByteRange(int Start, int End);
