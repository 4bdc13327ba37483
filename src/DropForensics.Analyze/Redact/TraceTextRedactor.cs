using System.Text;
using DropForensics.Core.Decoding;
using DropForensics.Core.Lines;
using DropForensics.Core.Text;

namespace DropForensics.Analyze.Redact;

/// <summary>Redacts trace text.</summary>
internal sealed class TraceTextRedactor : TextRedactor
{
    private readonly EventRedactor _events;
    private bool _isInUserStack;

    /// <param name="tokens">The replacements, the same for all streams.</param>
    /// <param name="hitsOf">The function whose calls were recorded instead of drops; null for drops.</param>
    public TraceTextRedactor(Tokens tokens, string? hitsOf)
        : base(tokens) => _events = new EventRedactor(tokens, hitsOf);

    protected override void WriteRecord(ReadOnlySpan<byte> text)
    {
        bool hasHead = TraceHeader.TryParse(text, out TraceHeader header);
        if (!hasHead && FrameLine.IsFrame(text))
        {
            WriteFrame(text);
            return;
        }

        bool isLoss = LossLine.TryParse(text, out _, out _);
        bool isEvent = hasHead || (!isLoss && TraceHeader.TryParsePasted(text, out header));

        // Another event's text may hold what looks like a record; only one that the kernel can have cut is searched for it.
        bool mayBeCut = !isEvent || text.Length >= TraceTextDecoder.LeastCutByKernel || !_events.IsOther(header.Event);
        int glued = mayBeCut ? GluedRecord.Find(text) : -1;
        if (glued >= 0)
        {
            // The kernel cut a line off, and the next follows at once: of the first its time still counts, for a hole behind it.
            if (isEvent && glued >= text.Length - header.Event.Length)
            {
                WriteHead(text, header, hasHead);
                Output.Append("redacted"u8);
            }
            else
            {
                Output.Append("(redacted)"u8);
            }

            WriteRecord(text[glued..]);
            return;
        }

        _isInUserStack = false;
        if (isLoss || FilterMarks.Find(text) is not null || BufferHeading.TryParse(text, out _, out _) || TraceText.SkipBlanks(text).IsEmpty || TraceCmdLine.IsHeading(text)) Output.Append(text);
        else if (isEvent) WriteEvent(text, header, hasHead);
        else Output.Append(text[0] == '#' ? "#"u8 : RecordSign.IsIn(text) ? RecordSign.Redacted : "(redacted)"u8);
    }

    private void WriteEvent(ReadOnlySpan<byte> text, in TraceHeader header, bool isByColumn)
    {
        WriteHead(text, header, isByColumn);
        _isInUserStack = header.Event.SequenceEqual("<user stack trace>"u8);
        if (_isInUserStack || header.Event.SequenceEqual("<stack trace>"u8) || TraceCmdLine.IsStack(header.Event)) Output.Append(header.Event);
        else _events.Write(header.Event, Output);
    }

    // "         dropgen-183     (    183) [000] .Ns1.     6.276872: ": all but the name are numbers and flags.
    private void WriteHead(ReadOnlySpan<byte> text, in TraceHeader header, bool isByColumn)
    {
        // Without a comm the dash is where the line begins.
        int dash = isByColumn ? TraceHeader.DashColumn
            : text.Overlaps(header.Comm, out int comm) ? comm + header.Comm.Length : text.Length - TraceText.SkipBlanks(text).Length;
        Output.AppendRight(Encoding.ASCII.GetBytes(Tokens.Comm(header.Comm)), TraceHeader.DashColumn);
        Output.Append(text[dash..^header.Event.Length]);
    }

    // Addresses and files of a user's program are private, and no evidence of a drop.
    private void WriteFrame(ReadOnlySpan<byte> text)
    {
        if (_isInUserStack) Output.Append(" =>  <0000000000000000>"u8);
        else if (FrameLine.TryParse(text, out _)) Output.Append(text);
        else if (GluedRecord.Find(text) is >= 0 and int glued)
        {
            Output.Append(" => (redacted):"u8);
            WriteRecord(text[glued..]);
        }
        else Output.Append(" => (redacted):"u8);
    }
}

/// <summary>Redacts what dropwatch printed: the parsed parts of a line are written again, and nothing else is kept.</summary>
/// <param name="tokens">The replacements, the same for all streams.</param>
internal sealed class DropwatchRedactor(Tokens tokens) : TextRedactor(tokens)
{
    protected override void WriteRecord(ReadOnlySpan<byte> text)
    {
        if (DropwatchLine.TryParse(text, out DropwatchLine line)) Output.Append(Encoding.UTF8.GetBytes(line.ToString()));
        else if (DropwatchAttribute.TryParse(text, out DropwatchAttribute attribute)) Output.Append(Encoding.UTF8.GetBytes(attribute.ToString()));
        else if (!DropwatchDecoder.IsEmpty(text)) Output.Append(DropwatchDecoder.IsOfTheProgram(text) ? "dropwatch>"u8 : "(redacted)"u8);
    }
}
