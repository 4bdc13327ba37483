using System.Globalization;
using System.Text;

namespace DropForensics.Core.Ledger;

/// <summary>
/// What a capture with <c>--latency</c> says of how long packets had been in the kernel, counted by the kernel itself. Kept as an artifact: a table of text as
/// those of the host's state, a line of column names, then a line a row with tabs between the cells.
/// </summary>
public static class LatencyTable
{
    /// <summary>Path of the artifact.</summary>
    public const string Path = "latency.tsv";

    /// <summary>Where the time begins: a packet was handed to the network stack, or to the queue of an interface.</summary>
    public const string Received = "received", Queued = "queued";

    /// <summary>Where it ends: the packet was dropped, an application read it, or the driver got it.</summary>
    public const string Dropped = "dropped", Read = "read", Sent = "sent";

    /// <summary>
    /// Its columns. <c>reason</c> is that of a drop; <c>at_most_us</c> is a power of two, and the times of a row are longer than half of it. <c>-</c> is
    /// nothing: no reason, or no time, for packets that found no room in the kernel's tables.
    /// </summary>
    public static string[] Columns { get; } = ["since", "until", "reason", "at_most_us", "packets"];

    // A forged number must not make a sum overflow.
    private const long Most = 1L << 49;

    private const int MostRows = 10_000;

    /// <summary>The rows; what is none is passed over.</summary>
    public static IReadOnlyList<LatencyRow> Rows(byte[]? content)
    {
        var rows = new List<LatencyRow>();
        string[] lines = Encoding.UTF8.GetString(content ?? []).Split('\n');
        if (lines[0] != string.Join('\t', Columns)) return rows;
        foreach (string line in lines.AsSpan(1))
        {
            if (rows.Count == MostRows) break;
            if (line.Split('\t') is [(Received or Queued) and var since, (Dropped or Read or Sent) and var until, var reason, var most, var packets]
                && Number(packets) is { } count && (most == "-" || Number(most) is { } power && long.IsPow2(power)) && (reason == "-" || reason.All(c => char.IsAsciiLetterOrDigit(c) || c is '_')))
                rows.Add(new LatencyRow(since, until, reason == "-" ? null : reason, Number(most), count));
        }

        return rows;
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= Most ? value : null;
}

/// <summary>Packets that were in the kernel for about the same time.</summary>
/// <param name="Since">Where their time begins.</param>
/// <param name="Until">Where it ends.</param>
/// <param name="Reason">Of a drop; null for none.</param>
/// <param name="AtMostUs">Microseconds; all took longer than half of it. Null for packets that found no room in the kernel's tables, at most so many.</param>
/// <param name="Packets">How many.</param>
public sealed record LatencyRow(string Since, string Until, string? Reason, long? AtMostUs, long Packets);
