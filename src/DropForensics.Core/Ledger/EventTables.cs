using System.Globalization;
using System.Text;

namespace DropForensics.Core.Ledger;

/// <summary>
/// Two files of a capture with other events beside the drops: which were armed, and how many the kernel counted on each CPU, all together.
/// Tables of text as those of the host's state: a line of column names, then a line a row with tabs between the cells.
/// </summary>
public static class EventTables
{
    /// <summary>Path of the artifact with columns <c>event</c> and <c>filter</c> (<c>-</c>: none).</summary>
    public const string Armed = "armed-events.tsv";

    /// <summary>Path of the artifact with columns <c>cpu</c> and <c>events</c>.</summary>
    public const string Counted = "event-counts.tsv";

    /// <summary>Their columns.</summary>
    public static string[] ArmedColumns { get; } = ["event", "filter"];

    /// <summary>Their columns.</summary>
    public static string[] CountedColumns { get; } = ["cpu", "events"];

    /// <summary>Names of the events in <see cref="Armed"/>: <c>tcp:tcp_retransmit_skb</c>.</summary>
    public static IReadOnlyList<string> ReadArmed(ReadOnlySpan<byte> content) =>
        [.. Encoding.UTF8.GetString(content).Split('\n').Skip(1).Select(line => line.Split('\t')[0]).Where(name => name.Length > 0)];

    /// <summary>The counts in <see cref="Counted"/>; what is no row of two numbers is passed over.</summary>
    public static IReadOnlyList<(int Cpu, long Count)> ReadCounted(ReadOnlySpan<byte> content)
    {
        var counts = new List<(int, long)>();
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n').Skip(1))
        {
            if (line.Split('\t') is [var cpu, var count] && int.TryParse(cpu, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long events))
                counts.Add((number, events));
        }

        return counts;
    }
}
