using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// One frame of a stack (kernel/trace/trace_output.c, <c>trace_stack_print</c>).
/// <code> => e1000_clean+0x296/0x6b0 [e1000]</code>
/// <code> =>  &lt;000000000043c0d3></code>
/// and as trace-cmd prints it:
/// <code>=> e1000_clean (ffffffffc04d1296)</code>
/// <code>=> ffffffffc05610de</code>
/// </summary>
internal static class FrameLine
{
    /// <summary>Whether the line looks like a frame. Text pasted from a page may lack the blank before the arrow.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> line) => TraceText.SkipBlanks(line).StartsWith("=>"u8);

    public static bool TryParse(ReadOnlySpan<byte> line, out PrintedSymbol symbol)
    {
        line = TraceText.SkipBlanks(line);
        if (line.StartsWith("=> "u8))
            return PrintedSymbol.TryParse(line["=> ".Length..], out symbol) || TryParseOfTraceCmd(line["=> ".Length..], out symbol);
        symbol = default;
        return false;
    }

    private static bool TryParseOfTraceCmd(ReadOnlySpan<byte> text, out PrintedSymbol symbol)
    {
        symbol = default;
        int open = text.LastIndexOf(" ("u8);
        if (open <= 0 || !text.EndsWith(")"u8) || !AsciiNumber.TryHex(text[(open + 2)..^1], out _)
            || text[..open].ContainsAnyExceptInRange((byte)'!', (byte)'~') || text[..open].Contains((byte)':'))
        {
            return false;
        }
        symbol = new PrintedSymbol { Name = text[..open], Text = text[..open], Address = text[(open + 2)..^1] };
        return true;
    }
}
