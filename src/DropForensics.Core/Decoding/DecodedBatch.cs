using DropForensics.Core.Model;

namespace DropForensics.Core.Decoding;

/// <summary>Receives text that was decoded.</summary>
/// <param name="text">Whole lines, with their ends.</param>
/// <param name="leftOut">The kind of what the filter leaves out, a frame for the lines of a stack; null for text that is kept.</param>
internal delegate void TextSink(ReadOnlySpan<byte> text, LineKind? leftOut);

/// <summary>What a decoder made of the bytes fed to it since the last <see cref="Clear"/>.</summary>
public sealed class DecodedBatch
{
    /// <summary>Finished drops. One that waits for its stack comes after younger ones that do not wait.</summary>
    public List<DropEvent> Drops { get; } = [];

    /// <summary>Finished events that are no drops, in the same order.</summary>
    public List<OtherEvent> Others { get; } = [];

    /// <summary>Losses reported in the stream, in its order.</summary>
    public List<LossEvent> Losses { get; } = [];

    /// <summary>At most <see cref="DropDecoder.MaxUnparsedSamples"/> a kind and stream; the rest is only counted.</summary>
    public List<UnparsedLine> Unparsed { get; } = [];

    /// <summary>Empties the lists and keeps their memory.</summary>
    public void Clear()
    {
        Drops.Clear();
        Others.Clear();
        Losses.Clear();
        Unparsed.Clear();
    }
}
