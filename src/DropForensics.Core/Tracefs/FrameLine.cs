namespace DropForensics.Core.Tracefs;

/// <summary>
/// One frame of a stack (kernel/trace/trace_output.c, <c>trace_stack_print</c>).
/// <code> => e1000_clean+0x296/0x6b0 [e1000]</code>
/// <code> =>  &lt;000000000043c0d3></code>
/// </summary>
internal static class FrameLine
{
    /// <summary>Whether the line wants to be a frame. Text pasted from a page may have lost the blank before the arrow.</summary>
    public static bool IsFrame(ReadOnlySpan<byte> line) => TraceText.SkipBlanks(line).StartsWith("=>"u8);

    public static bool TryParse(ReadOnlySpan<byte> line, out PrintedSymbol symbol)
    {
        line = TraceText.SkipBlanks(line);
        if (line.StartsWith("=> "u8))
            return PrintedSymbol.TryParse(line["=> ".Length..], out symbol);
        symbol = default;
        return false;
    }
}
