using System.Collections.ObjectModel;
using System.Text;
using DropForensics.Core.Model;
using DropForensics.Core.Text;

namespace DropForensics.Core.Decoding;

/// <summary>
/// Stacks by the bytes of their lines: a known one is hashed and compared, not parsed. The caps are far above the number of
/// distinct stacks on a host; past them a stack is parsed each time.
/// </summary>
internal sealed class StackPool
{
    private const int MostCompleted = 16 * 1024;

    private readonly BytePool<string> _names = new(64 * 1024, 4 << 20, TraceText.Of);
    private readonly BytePool<string> _addresses = new(16 * 1024, 1 << 20, static digits => "0x" + TraceText.Of(digits));
    private readonly BytePool<StackBlock> _blocks;
    private readonly Dictionary<(CallStack Stack, string Caller), CallStack> _completed = [];
    private readonly FrameReader _read;

    /// <param name="read">Reads a frame's line.</param>
    public StackPool(FrameReader read) => (_read, _blocks) = (read, new(16 * 1024, 16 << 20, Parse));

    /// <summary>Reads a line; <see cref="PrintedSymbol.IsNone"/> for a valid one without a kernel frame. False for any other.</summary>
    internal delegate bool FrameReader(ReadOnlySpan<byte> line, out PrintedSymbol symbol);

    /// <param name="block">Frame lines, each with its line end.</param>
    public StackBlock Get(ReadOnlySpan<byte> block) => _blocks.Get(block);

    /// <summary>
    /// The block's stack with its missing frame added. On arm64 a kprobe is a breakpoint at the function's first instruction. The caller is then in
    /// the link register alone; the unwinder goes by frame records and starts with the caller's caller (arch/arm64/kernel/stacktrace.c).
    /// </summary>
    /// <param name="caller">What the probe read of that register: <c>udp_rcv+0x49e/0xb20</c>; null if it did not.</param>
    public CallStack Complete(StackBlock block, string? caller)
    {
        if (block.Uncalled is not { } uncalled || caller is null)
            return block.Stack;
        if (_completed.TryGetValue((block.Stack, caller), out CallStack? known))
            return known;
        if (_completed.Count == MostCompleted)
            _completed.Clear();
        return _completed[(block.Stack, caller)] = Complete(block.Stack, uncalled, caller);
    }

    private CallStack Complete(CallStack stack, int uncalled, string caller)
    {
        if (!PrintedSymbol.TryParse(Encoding.UTF8.GetBytes(caller), out PrintedSymbol symbol) || symbol.Name.IsEmpty || symbol.Offset is null)
            return stack;
        Frame frame = FrameOf(symbol);
        if (uncalled + 1 < stack.Frames.Count && stack.Frames[uncalled + 1] == frame)
            return stack;
        return new CallStack(new ReadOnlyCollection<Frame>([.. stack.Frames.Take(uncalled + 1), frame, .. stack.Frames.Skip(uncalled + 1)]));
    }

    private StackBlock Parse(ReadOnlySpan<byte> block)
    {
        var frames = new List<Frame>();
        var bad = new List<int>();
        int lines = 0, inlined = 0;
        for (; !block.IsEmpty; lines++)
        {
            ReadOnlySpan<byte> line = TakeLine(ref block);
            if (!_read(line, out PrintedSymbol symbol))
            {
                bad.Add(lines);
                continue;
            }
            if (symbol.IsNone)
                DropLast(frames, inlined);
            else
                frames.Add(FrameOf(symbol));
            inlined = symbol.IsInlined ? inlined + 1 : 0;
        }
        DropLast(frames, inlined);
        return new StackBlock(new CallStack(new ReadOnlyCollection<Frame>(frames.ToArray())), lines, [.. bad], Uncalled(frames));
    }

    // "kprobe_brk_handler … el1h_64_sync kfree_skb_reason": the function with arm64's breakpoint in it stands below the entry of the exception,
    // which is el1_sync on 5.10 (arch/arm64/kernel/entry.S, arch/arm64/kernel/probes/kprobes.c).
    private static int? Uncalled(List<Frame> frames)
    {
        int handler = frames.FindIndex(frame => frame.Symbol is "kprobe_brk_handler" or "kprobe_breakpoint_handler");
        int entry = handler < 0 ? -1 : frames.FindIndex(handler, frame => frame.Symbol is "el1h_64_sync" or "el1_sync");
        return entry >= 0 && entry + 1 < frames.Count ? entry + 1 : null;
    }

    // A function inlined into code outside the kernel.
    private static void DropLast(List<Frame> frames, int count) => frames.RemoveRange(frames.Count - count, count);

    /// <summary>The next line of a block without its line end.</summary>
    public static ReadOnlySpan<byte> TakeLine(scoped ref ReadOnlySpan<byte> block)
    {
        int newline = block.IndexOf((byte)'\n');
        ReadOnlySpan<byte> line = newline < 0 ? block : block[..newline];
        block = newline < 0 ? [] : block[(newline + 1)..];
        return TraceText.TrimLineEnd(line);
    }

    private Frame FrameOf(in PrintedSymbol symbol) => new(
        symbol.Name.IsEmpty ? _addresses.Get(symbol.Address) : _names.Get(symbol.Name),
        symbol.Offset,
        symbol.Module.IsEmpty ? null : _names.Get(symbol.Module));
}

/// <summary>The content of the lines below a stack's header.</summary>
/// <param name="Stack">The valid frames.</param>
/// <param name="Lines">Lines in the block.</param>
/// <param name="Bad">Which of them, from 0, are not frames.</param>
/// <param name="Uncalled">Position of the frame whose caller the kernel could not see; null where there is none.</param>
internal sealed record StackBlock(CallStack Stack, int Lines, int[] Bad, int? Uncalled);
