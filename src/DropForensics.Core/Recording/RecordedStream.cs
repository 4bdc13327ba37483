using DropForensics.Core.Decoding;
using DropForensics.Core.Masking;

namespace DropForensics.Core.Recording;

/// <summary>One trace_pipe: its bytes and their decoder.</summary>
internal sealed class RecordedStream(int? cpu, PacketMaskStream mask, RawText raw, DropDecoder decoder)
{
    /// <summary>Where the text waits for the filter; null without one.</summary>
    public FilteredText? Filtered { get; init; }

    public int? Cpu { get; } = cpu;

    public PacketMaskStream Mask { get; } = mask;

    public RawText Raw { get; } = raw;

    public DropDecoder Decoder { get; } = decoder;

    /// <summary>Only the bytes are kept from here on.</summary>
    public bool IsFaulty { get; set; }
}
