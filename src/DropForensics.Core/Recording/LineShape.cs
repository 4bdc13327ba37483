using DropForensics.Core.Events;
using DropForensics.Core.Lines;
using DropForensics.Core.Perf;
using DropForensics.Core.Text;

namespace DropForensics.Core.Recording;

/// <summary>How closely a line resembles a part of a trace; higher is closer.</summary>
public enum LineShape
{
    /// <summary>Resembles nothing in a trace.</summary>
    None,

    /// <summary>The beginning of an incomplete record, or a comment.</summary>
    Part,

    /// <summary>A frame, a loss, a line of a heading.</summary>
    Frame,

    /// <summary>A record whose columns are shifted.</summary>
    MovedRecord,

    /// <summary>A record as its tool prints it.</summary>
    Record,
}

/// <summary>Determines the shape of one line.</summary>
public static class LineShapes
{
    /// <param name="line">Without its newline.</param>
    public static LineShape Of(ReadOnlySpan<byte> line)
    {
        line = TraceText.TrimLineEnd(line);
        if (TraceText.SkipBlanks(line).IsEmpty)
            return LineShape.None;
        if (PerfHeader.TryParse(line, out PerfHeader perf))
            return PerfEvent.IsOwnRecord(perf.Event) || PerfEvent.Parse(perf.Event, out _) != EventKind.Malformed ? LineShape.Record : LineShape.Part;
        if (TraceHeader.TryParse(line, out TraceHeader header))
            return OfEvent(header.Event, LineShape.Record);
        if (LossLine.TryParse(line, out _, out _) || TraceCmdLine.IsHeading(line))
            return LineShape.Frame;
        if (FrameLine.IsFrame(line))
            return FrameLine.TryParse(line, out _) ? LineShape.Frame : LineShape.None;
        if (TraceHeader.TryParsePasted(line, out header))
            return OfEvent(header.Event, LineShape.MovedRecord);
        if (line[0] == '#')
            return LineShape.Part;
        return line[0] is (byte)' ' or (byte)'\t' && IsPerfFrame(line) ? LineShape.Frame : LineShape.None;
    }

    // An address alone, with a symbol, or with both a symbol and an object in parentheses: not any line that begins with digits.
    private static bool IsPerfFrame(ReadOnlySpan<byte> line) =>
        PerfFrame.TryParse(line, out _) && (line.EndsWith(")"u8) || TraceText.SkipBlanks(line).Count((byte)' ') <= 1);

    private static LineShape OfEvent(ReadOnlySpan<byte> text, LineShape whole) =>
        text.StartsWith("<"u8) || TraceCmdLine.IsStack(text) || EventText.Parse(text, [], out _) != EventKind.Malformed ? whole : LineShape.Part;
}
