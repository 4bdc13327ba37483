using DropForensics.Core.Events;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.Perf;
using DropForensics.Core.Text;

namespace DropForensics.Core.Recording;

/// <summary>Recognizes the tool that printed a text by the first line that is a record.</summary>
public static class TextRecognizer
{
    /// <summary>Looks for such a line.</summary>
    /// <param name="head">The text's beginning; an unfinished last line is skipped.</param>
    /// <returns>Null if no line is a record.</returns>
    public static TextFormat? Recognize(ReadOnlySpan<byte> head)
    {
        while (head.IndexOf((byte)'\n') is >= 0 and int end)
        {
            if (OfLine(TraceText.TrimLineEnd(head[..end])) is { } format)
                return format;
            head = head[(end + 1)..];
        }
        return null;
    }

    /// <summary>
    /// Perf comes first: a task may be called <c>a-1 [000] 12:</c>, and perf prints that unchanged. No line of the kernel has a separate number before its CPU.
    /// </summary>
    internal static TextFormat? OfLine(ReadOnlySpan<byte> line)
    {
        if (PerfHeader.TryParse(line, out PerfHeader perf) && (PerfEvent.IsOwnRecord(perf.Event) || PerfEvent.Parse(perf.Event, out _) != EventKind.Malformed))
            return TextFormat.PerfScript;
        if (TraceCmdLine.IsHeading(line))
            return TextFormat.TraceCmd;
        if (TraceHeader.TryParse(line, out TraceHeader header) || TraceHeader.TryParsePasted(line, out header))
            return TraceCmdLine.IsEvent(header.Event) ? TextFormat.TraceCmd : TextFormat.Trace;
        return DropwatchLine.TryParse(line, out _) ? TextFormat.Dropwatch : null;
    }
}
