using DropForensics.Core.Model;

namespace DropForensics.Core.Decoding;

/// <summary>What a decoder made of the bytes fed to it since the last <see cref="Clear"/>.</summary>
public sealed class DecodedBatch
{
    /// <summary>Finished drops. One that waits for its stack comes later than younger ones that do not.</summary>
    public List<DropEvent> Drops { get; } = [];

    public List<LossEvent> Losses { get; } = [];

    /// <summary>At most <see cref="DropDecoder.MaxUnparsedSamples"/> a kind and stream; the rest is only counted.</summary>
    public List<UnparsedLine> Unparsed { get; } = [];

    /// <summary>Empties the lists and keeps their memory.</summary>
    public void Clear()
    {
        Drops.Clear();
        Losses.Clear();
        Unparsed.Clear();
    }
}
