using DropForensics.Core.Decoding;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.RingPages;
using DropForensics.Core.Text;

namespace DropForensics.Analyze.Redact;

/// <summary>
/// Rewrites a stream of text with tokens for the names in it, so that it decodes to the same drops. Lines that do not parse are removed, because they
/// may contain names.
/// </summary>
/// <remarks>Records are cut as <see cref="DropDecoder"/> cuts them; a task's name that spans lines becomes a token on one.</remarks>
internal abstract class TextRedactor
{
    private readonly CarryBuffer _carry = new();
    private bool _skipsTooLong;

    /// <param name="tokens">The replacements, the same for all streams.</param>
    protected TextRedactor(Tokens tokens) => Tokens = tokens;

    protected Tokens Tokens { get; }

    protected LineBuffer Output { get; } = new();

    /// <summary>The redactor of a format.</summary>
    /// <param name="format">Of the text.</param>
    /// <param name="tokens">The replacements, the same for all streams.</param>
    /// <param name="hitsOf">The function whose calls were recorded instead of drops; null for drops.</param>
    public static TextRedactor New(TextFormat format, Tokens tokens, string? hitsOf) =>
        format switch
        {
            TextFormat.PerfScript => new PerfTextRedactor(tokens),
            TextFormat.Dropwatch => new DropwatchRedactor(tokens),
            _ => new TraceTextRedactor(tokens, hitsOf),
        };

    /// <summary>Takes the next bytes of the stream, cut anywhere.</summary>
    /// <returns>What can be stored now, valid until the next call.</returns>
    public ReadOnlySpan<byte> Feed(ReadOnlySpan<byte> bytes)
    {
        Output.Clear();
        _carry.Append(bytes);
        _carry.RemoveFirst(Rewrite(_carry.Bytes, atEnd: false));
        return Output.Written;
    }

    /// <summary>Ends the stream: its unfinished line.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        Output.Clear();
        Rewrite(_carry.Bytes, atEnd: true);
        return Output.Written;
    }

    /// <summary>Rewrites a record, without its line end.</summary>
    protected abstract void WriteRecord(ReadOnlySpan<byte> text);

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
                if (!_skipsTooLong) Output.Append("\n"u8);
                continue;
            }

            if (!RawRecord.TryTake(rest, atEnd, out RawRecord record)) break;
            if (record.IsTooLong) Output.Append("(redacted: a line too long)"u8);
            else WriteRecord(record.Text);
            _skipsTooLong = record is { IsTooLong: true, IsTerminated: false };
            if (record.IsTerminated) Output.Append("\n"u8);
            at += record.Length;
        }

        return at;
    }
}
