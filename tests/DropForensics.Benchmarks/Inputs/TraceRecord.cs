using System.Text;
using System.Text.RegularExpressions;

namespace DropForensics.Benchmarks.Inputs;

/// <summary>A drop's lines, event and stack, as a form whose times and CPU are filled in for each use.</summary>
internal sealed partial class TraceRecord
{
    private const int StampLength = 12;

    private readonly byte[] _text;
    private readonly int[] _stamps, _cpus;

    /// <param name="lines">Lines as trace_pipe prints them, each ended.</param>
    public TraceRecord(string lines)
    {
        // One width for all times, so that filling one in moves nothing.
        string text = Head().Replace(lines, match => match.Groups["before"].Value + new string('0', StampLength));
        _text = Encoding.Latin1.GetBytes(text);
        MatchCollection heads = Head().Matches(text);
        _cpus = [.. heads.Select(head => head.Groups["cpu"].Index)];
        _stamps = [.. heads.Select(head => head.Groups["time"].Index)];
    }

    /// <summary>Bytes of text.</summary>
    public int Length => _text.Length;

    /// <summary>Writes the lines; the stack comes a microsecond after its event.</summary>
    /// <param name="timeUs">The event's time, µs of the trace clock.</param>
    /// <param name="cpu">Below 1000.</param>
    public void Write(Span<byte> to, long timeUs, int cpu)
    {
        _text.CopyTo(to);
        foreach (int at in _cpus) Digits(to.Slice(at, 3), cpu);
        foreach (int at in _stamps)
        {
            Digits(to.Slice(at, StampLength - 7), timeUs / 1_000_000);
            to[at + StampLength - 7] = (byte)'.';
            Digits(to.Slice(at + StampLength - 6, 6), timeUs % 1_000_000);
            timeUs++;
        }
    }

    private static void Digits(Span<byte> to, long value)
    {
        for (int i = to.Length - 1; i >= 0; i--, value /= 10) to[i] = (byte)('0' + (value % 10));
    }

    // "           flood-24416   [000] ..s1.  1736.776971: <stack trace>"
    [GeneratedRegex(@"^(?<before>.{16}-\d+ +\[(?<cpu>\d{3})\] \S+ ) *(?<time>[\d.]+)(?=: )", RegexOptions.Multiline)]
    private static partial Regex Head();
}
