using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.Text;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Decoding;

/// <summary>
/// Strings and stacks that lines repeat, made once for all streams of a capture: a host with more CPUs has hardly more of them. One thread at a time.
/// </summary>
internal sealed class TracePools
{
    /// <param name="reasons">Names the numbers a probe prints.</param>
    /// <param name="frames">Reads a frame's line; null for that of trace text.</param>
    public TracePools(ReasonTable reasons, StackPool.FrameReader? frames = null)
    {
        ReasonTable = reasons;
        Stacks = new(frames ?? FrameLine.TryParse);
        Reasons = new(4096, 1 << 18, printed => reasons.FromText(TraceText.Of(printed)));
        Tracepoint = new(16 * 1024, 2 << 20, rest => KnownDrop.Parse(rest, this));
    }

    public ReasonTable ReasonTable { get; }

    public StackPool Stacks { get; }

    public BytePool<string> Comms { get; } = new(16 * 1024, 1 << 20, TraceText.Of);

    public BytePool<string> Events { get; } = new(1024, 1 << 16, TraceText.Of);

    public BytePool<string> Devices { get; } = new(4096, 1 << 16, TraceText.Of);

    public BytePool<string> Locations { get; } = new(16 * 1024, 1 << 20, TraceText.Of);

    public BytePool<DropReason> Reasons { get; }

    /// <summary>By the text after the addresses: <see cref="KnownDrop.TryCut"/>.</summary>
    public BytePool<KnownDrop> Tracepoint { get; }
}
