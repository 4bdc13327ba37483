using DropForensics.Core.Model;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// Turns one stream of trace text (one CPU's trace_pipe, or a merged trace_pipe in a file) into drops. The bytes may be
/// cut anywhere between two calls of <see cref="Feed"/>: the result does not depend on the cuts.
/// </summary>
public sealed class TraceTextDecoder(ReasonTable reasons)
{
    /// <summary>Unparsed lines kept with their text, for each kind.</summary>
    public const int MaxUnparsedSamples = 100;

    /// <summary>Names the numbers a probe prints.</summary>
    public ReasonTable Reasons { get; } = reasons;

    /// <summary>What was decoded since it was last cleared.</summary>
    public DecodedBatch Batch { get; } = new();

    /// <summary>Lines seen so far, by kind; a line that is still open is not in it.</summary>
    public LineCounts Lines { get; } = new();

    /// <summary>Decodes the next bytes of the stream into <see cref="Batch"/>.</summary>
    public void Feed(ReadOnlySpan<byte> bytes) => throw new NotSupportedException(bytes.Length.ToString());

    /// <summary>Ends the stream: the unfinished line, the open stack and the events that still wait for one.</summary>
    public void Complete() => throw new NotSupportedException();
}
