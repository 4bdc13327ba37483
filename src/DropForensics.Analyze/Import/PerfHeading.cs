using System.Text;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Import;

/// <summary>
/// What <c>perf script --header</c> tells of the host, and of its clock where it was recorded with <c>-k CLOCK_MONOTONIC</c>: then one moment
/// is there in both clocks, and times have a UTC.
/// <code># hostname : web1</code>
/// <code># os release : 6.1.0-32-amd64</code>
/// <code># clockid: monotonic (1)</code>
/// <code># reference time: 2026-11-26 10:16:02.012532 = 1795688162.012532 (TOD) = 15746.065756879 (monotonic)</code>
/// </summary>
internal sealed class PerfHeading
{
    private const string Mark = "# ========";

    private readonly Dictionary<string, string> _entries = new(StringComparer.Ordinal);

    /// <summary>Reads it.</summary>
    /// <param name="head">The text's beginning; a heading that does not end in it is read as far as it goes.</param>
    public PerfHeading(ReadOnlySpan<byte> head)
    {
        int start = head.IndexOf(Encoding.ASCII.GetBytes(Mark));
        if (start < 0)
        {
            return;
        }

        foreach (string line in Encoding.UTF8.GetString(head[start..]).Split('\n').Skip(1).TakeWhile(line => line != Mark))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 2 && line.StartsWith("# ", StringComparison.Ordinal))
            {
                _entries.TryAdd(line[2..colon].Trim(), line[(colon + 1)..].Trim());
            }
        }
    }

    public string? HostName => _entries.GetValueOrDefault("hostname");

    public string? KernelRelease => _entries.GetValueOrDefault("os release");

    public string? Machine => _entries.GetValueOrDefault("arch");

    /// <summary>The two clocks at one moment; null where perf's was another, or the heading does not say.</summary>
    public ClockReading? Clock
    {
        get
        {
            if (_entries.GetValueOrDefault("clockid") is not { } clock || !clock.StartsWith("monotonic (", StringComparison.Ordinal)
                || _entries.GetValueOrDefault("reference time")?.Split(" = ") is not [_, var real, var mono]
                || Nanoseconds(real, " (TOD)") is not { } realNs || Nanoseconds(mono, " (monotonic)") is not { } monoNs)
            {
                return null;
            }

            // How long the host slept before it is not said, and nothing needs it.
            return new ClockReading(monoNs, monoNs, realNs);
        }
    }

    private static long? Nanoseconds(string text, string ending) =>
        text.EndsWith(ending, StringComparison.Ordinal) ? ScriptDirectory.Nanoseconds(text[..^ending.Length]) : null;
}
