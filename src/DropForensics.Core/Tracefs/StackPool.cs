using System.Collections.ObjectModel;
using DropForensics.Core.Model;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// Stacks known by the bytes of their lines: one that was seen before is hashed and compared, never parsed. The caps are
/// far above what a host has distinct stacks; past them a stack is parsed each time.
/// </summary>
internal sealed class StackPool
{
    private readonly BytePool<string> _names = new(64 * 1024, 4 << 20, TraceText.Of);
    private readonly BytePool<string> _addresses = new(16 * 1024, 1 << 20, static digits => "0x" + TraceText.Of(digits));
    private readonly BytePool<StackBlock> _blocks;
    private readonly FrameReader _read;

    /// <param name="read">Reads a frame's line.</param>
    public StackPool(FrameReader read) => (_read, _blocks) = (read, new(16 * 1024, 16 << 20, Parse));

    /// <summary>Reads a line; <see cref="PrintedSymbol.IsNone"/> for a sound one that is no frame of the kernel's. False for any other.</summary>
    internal delegate bool FrameReader(ReadOnlySpan<byte> line, out PrintedSymbol symbol);

    /// <param name="block">Frame lines, each with its line end.</param>
    public StackBlock Get(ReadOnlySpan<byte> block) => _blocks.Get(block);

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
        return new StackBlock(new CallStack(new ReadOnlyCollection<Frame>(frames.ToArray())), lines, [.. bad]);
    }

    // What was inlined into code that is not the kernel's.
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
