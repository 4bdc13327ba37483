using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Import;

/// <summary>
/// The host in the heading of <c>perf script --header</c>, and its clock if it was recorded with <c>-k CLOCK_MONOTONIC</c>: then the heading has
/// one moment in both clocks, and times can be converted to UTC.
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
    /// <param name="head">The text's beginning; an incomplete heading is read as far as it goes.</param>
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

    /// <summary>The two clocks at one moment; null if perf used another clock, or the heading lacks them.</summary>
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

            // The host's earlier suspend time is unknown and not needed.
            return new ClockReading(monoNs, monoNs, realNs);
        }
    }

    private static long? Nanoseconds(string text, string ending) =>
        text.EndsWith(ending, StringComparison.Ordinal) ? ScriptDirectory.Nanoseconds(text[..^ending.Length]) : null;
}

/// <summary>The fields of <c>perf script</c> that a drop needs, and which of them are missing in an unreadable line.</summary>
internal static partial class PerfFields
{
    /// <summary>For a command to copy.</summary>
    public const string Needed = "comm,tid,cpu,time,event,trace,ip,sym,symoff,dso";

    /// <summary>Names the fields missing before the event's arguments; empty if none is missing, or the line is not a drop.</summary>
    /// <param name="line">A line that did not parse.</param>
    public static IReadOnlyList<string> Missing(string line)
    {
        int name = line.IndexOf("skb:kfree_skb:", StringComparison.Ordinal), fields = line.IndexOf("skbaddr=", StringComparison.Ordinal);
        if (name < 0 && fields < 0)
            return [];
        string head = line[..(name >= 0 ? name : fields)];
        // An event without its name is perf's only after perf's own head.
        if (name < 0 && !(Task().IsMatch(head) && Cpu().IsMatch(head) && Time().IsMatch(head)))
            return [];
        List<string> missing = [];
        if (!Task().IsMatch(head))
            missing.Add("comm or tid");
        if (!Cpu().IsMatch(head))
            missing.Add("cpu");
        if (!Time().IsMatch(head))
            missing.Add("time");
        if (name < 0)
            missing.Add("event");
        if (fields < 0)
            missing.Add("trace");
        return missing;
    }

    [GeneratedRegex(@"^\s*\S.*\s-?[0-9]+(/-?[0-9]+)?\s")]
    private static partial Regex Task();

    [GeneratedRegex(@"\s\[[0-9]{3,}\]\s")]
    private static partial Regex Cpu();

    [GeneratedRegex(@"\s[0-9]+\.[0-9]+:\s")]
    private static partial Regex Time();
}
