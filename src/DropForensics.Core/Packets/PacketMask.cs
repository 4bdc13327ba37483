namespace DropForensics.Core.Packets;

/// <summary>
/// Zeroes what of a window must not be kept: memory that is not the packet's, and what the packet carries behind its headers. Masking twice
/// is masking once, and a masked window decodes as it did before.
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
/// <param name="End">Index behind the last.</param>
public readonly record struct ByteRange(int Start, int End);
