using System.Text;
using DropForensics.Core.RingPages;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Redaction;

/// <summary>
/// Writes a stream of trace text again with tokens for whoever is named in it, such that it decodes to the same drops. What is not
/// understood is not kept: a line that does not parse may hold anything.
/// </summary>
/// <remarks>Records are cut as <see cref="TraceTextDecoder"/> cuts them; a task's name that spans lines becomes a token on one.</remarks>
public sealed class TraceTextRedactor
{
    private readonly Tokens _tokens;
    private readonly EventRedactor _events;
    private readonly CarryBuffer _carry = new();
    private readonly LineBuffer _output = new();
    private bool _isInUserStack;
    private bool _skipsTooLong;

    /// <param name="tokens">What stands for what; of all streams the same.</param>
    /// <param name="hitsOf">The function whose calls were recorded instead of drops; null as a rule.</param>
    public TraceTextRedactor(Tokens tokens, string? hitsOf)
    {
        _tokens = tokens;
        _events = new EventRedactor(tokens, hitsOf);
    }

    /// <summary>Takes the next bytes of the stream, cut anywhere.</summary>
    /// <returns>What can be stored now, valid until the next call.</returns>
    public ReadOnlySpan<byte> Feed(ReadOnlySpan<byte> bytes)
    {
        _output.Clear();
        _carry.Append(bytes);
        _carry.RemoveFirst(Rewrite(_carry.Bytes, atEnd: false));
        return _output.Written;
    }

    /// <summary>Ends the stream: its unfinished line.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        _output.Clear();
        Rewrite(_carry.Bytes, atEnd: true);
        return _output.Written;
    }

    private int Rewrite(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            if (_skipsTooLong)
            {
                int newline = rest.IndexOf((byte)'\n');
                at += newline < 0 ? rest.Length : newline + 1;
                _skipsTooLong = newline < 0;
                if (!_skipsTooLong) _output.Append("\n"u8);
                continue;
            }

            if (!RawRecord.TryTake(rest, atEnd, out RawRecord record)) break;
            if (record.IsTooLong) _output.Append("(redacted: a line too long)"u8);
            else WriteRecord(record.Text);
            _skipsTooLong = record is { IsTooLong: true, IsTerminated: false };
            if (record.IsTerminated) _output.Append("\n"u8);
            at += record.Length;
        }

        return at;
    }

    private void WriteRecord(ReadOnlySpan<byte> text)
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
                _output.Append("redacted"u8);
            }
            else
            {
                _output.Append("(redacted)"u8);
            }

            WriteRecord(text[glued..]);
            return;
        }

        _isInUserStack = false;
        if (isLoss || TraceText.SkipBlanks(text).IsEmpty) _output.Append(text);
        else if (isEvent) WriteEvent(text, header, hasHead);
        else _output.Append(text[0] == '#' ? "#"u8 : "(redacted)"u8);
    }

    private void WriteEvent(ReadOnlySpan<byte> text, in TraceHeader header, bool isByColumn)
    {
        WriteHead(text, header, isByColumn);
        _isInUserStack = header.Event.SequenceEqual("<user stack trace>"u8);
        if (_isInUserStack || header.Event.SequenceEqual("<stack trace>"u8)) _output.Append(header.Event);
        else _events.Write(header.Event, _output);
    }

    // "         dropgen-183     (    183) [000] .Ns1.     6.276872: ": all but the name are numbers and flags.
    private void WriteHead(ReadOnlySpan<byte> text, in TraceHeader header, bool isByColumn)
    {
        // Without a comm the dash stands where the line begins.
        int dash = isByColumn ? TraceHeader.DashColumn
            : text.Overlaps(header.Comm, out int comm) ? comm + header.Comm.Length : text.Length - TraceText.SkipBlanks(text).Length;
        _output.AppendRight(Encoding.ASCII.GetBytes(_tokens.Comm(header.Comm)), TraceHeader.DashColumn);
        _output.Append(text[dash..^header.Event.Length]);
    }

    // Addresses and files of a user's program are nobody's business, and no evidence of a drop.
    private void WriteFrame(ReadOnlySpan<byte> text)
    {
        if (_isInUserStack) _output.Append(" =>  <0000000000000000>"u8);
        else if (FrameLine.TryParse(text, out _)) _output.Append(text);
        else if (GluedRecord.Find(text) is >= 0 and int glued)
        {
            _output.Append(" => (redacted):"u8);
            WriteRecord(text[glued..]);
        }
        else _output.Append(" => (redacted):"u8);
    }
}
