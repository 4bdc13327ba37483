using System.Buffers;
using System.Text;

namespace DropForensics.Analyze.Import.Cleaning;

/// <summary>Applies a plan to a stream of text, line by line. Lines longer than any tool prints pass unchanged.</summary>
/// <param name="plan">The plan.</param>
/// <param name="read">Reads the next bytes of the text; 0 at its end.</param>
internal sealed class TextCleaner(CleaningPlan plan, TextCleaner.Source read)
{
    private const int BlockSize = 64 << 10, LongestLine = 64 << 10;

    private readonly byte[] _block = new byte[BlockSize];
    private readonly StringBuilder _open = new();
    private readonly LineJoiner _joiner = new();
    private readonly ArrayBufferWriter<byte> _clean = new();
    private bool _isFirst = true, _isEnd;

    public delegate int Source(Memory<byte> block);

    /// <summary>The next bytes of the clean text; empty at its end. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Read()
    {
        _clean.ResetWrittenCount();
        while (_clean.WrittenCount == 0 && !_isEnd)
        {
            int length = read(_block);
            if (length == 0)
            {
                End();
            }
            else
            {
                Add(Encoding.Latin1.GetString(_block, 0, length));
            }
        }

        return _clean.WrittenSpan;
    }

    private void Add(string text)
    {
        for (int at = 0; at < text.Length;)
        {
            int newline = text.IndexOf('\n', at);
            if (newline < 0)
            {
                _open.Append(text, at, text.Length - at);
                break;
            }

            _open.Append(text, at, newline - at);
            at = newline + 1;
            if (plan.IsQuotedPrintable && EndsSoft(_open))
            {
                continue;
            }

            Take(_open.ToString(), "\n");
            _open.Clear();
        }

        if (_open.Length > LongestLine)
        {
            Take(_open.ToString(), "");
            _open.Clear();
        }
    }

    // The line continues: the rest after the sign has no meaning.
    private static bool EndsSoft(StringBuilder line)
    {
        int end = line.Length;
        while (end > 0 && line[end - 1] is '\r' or ' ')
        {
            end--;
        }

        if (end == 0 || line[end - 1] != '=' || end > LongestLine)
        {
            return false;
        }

        line.Length = end - 1;
        return true;
    }

    private void Take(string line, string lineEnd)
    {
        if (_isFirst && plan.HasByteOrderMark)
        {
            line = line[3..];
        }

        _isFirst = false;
        if (line.Length > LongestLine || lineEnd.Length == 0)
        {
            Write(_joiner.End(), "\n");
            Write(line, lineEnd);
            return;
        }

        line = Clean(line);
        if (plan.IsWrapped)
        {
            Write(_joiner.Add(line), "\n");
        }
        else
        {
            Write(line, lineEnd);
        }
    }

    private string Clean(string line)
    {
        if (plan.IsQuotedPrintable)
        {
            line = Markup.DecodeQuotedPrintable(line);
        }

        if (plan.HasMarkup)
        {
            line = Markup.Strip(line);
        }

        foreach (LinePrefix prefix in plan.Prefixes)
        {
            line = CleaningPlan.CutAt(prefix, line);
        }

        if (plan.HasTimeDifferences)
        {
            line = Columns.WithoutDifference(line);
        }

        return plan.IsFolded ? Columns.Unfold(line) : line;
    }

    private void End()
    {
        _isEnd = true;
        if (_open.Length > 0)
        {
            string line = _open.ToString();
            if (_isFirst && plan.HasByteOrderMark)
            {
                line = line[Math.Min(3, line.Length)..];
            }

            line = Clean(line);
            if (plan.IsWrapped)
            {
                Write(_joiner.Add(line), "\n");
                Write(_joiner.End(), "");
            }
            else
            {
                Write(line, "");
            }
        }

        Write(_joiner.End(), "\n");
    }

    private void Write(string? line, string lineEnd)
    {
        if (line is null)
        {
            return;
        }

        _clean.Write(Encoding.Latin1.GetBytes(line));
        _clean.Write(Encoding.Latin1.GetBytes(lineEnd));
    }
}
