using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Core.Ledger;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>How long packets had been in the kernel when they were dropped, beside those that were read or sent.</summary>
internal static class LatencySection
{
    /// <summary>More columns cannot be read at a glance: then each has two powers of two, or more.</summary>
    private const int MostColumns = 14;

    public static Section Of(ReportModel model)
    {
        List<LatencyFacts> all = [.. model.Facts.Latency.Take(model.Limits.Rows)];
        long without = model.Facts.Latency.Max(each => each.WithoutTime);
        return new Section("latency", "Time in the kernel")
        {
            Parts =
            [
                Table(model, all),
                Spread(all),
                new Note(
                    "Received: the time from when a driver handed the packet to the network stack. Queued: from when it came to the queue of an interface; sent is handed to the driver. The kernel itself counted every packet of the window, in powers of two. It knows a packet by the address of its buffer: where one was freed without an event, "
                    + $"the next packet at that address can seem to have been there far longer than it was.{(without > 0 ? $" Its tables were full: up to {Count(without, "packet")} between the same two ends have no time." : "")}"
                    + (model.Facts.Selection is null ? "" : " All packets are counted here, not those alone that `--filter` chose."), IsSmall: true),
            ],
        };
    }

    private static ReportTable Table(ReportModel model, List<LatencyFacts> all) => new(
        "How long packets had been in the kernel when they were dropped, and when others were read or sent.",
        [new("Packets that were", ColumnKind.Name), new("Packets", ColumnKind.Count), new("Half within", ColumnKind.Number), new("9 of 10 within", ColumnKind.Number), new("All within", ColumnKind.Number)],
        [.. all.Select(each => new Row(new TextCell(Words(each)), new CountCell(each.Packets), Time(each.HalfWithinUs), Time(each.NineOfTenWithinUs), Time(each.AllWithinUs)))])
    {
        Total = model.Facts.Latency.Count,
        IsOnTerminal = true,
    };

    private static ReportTable Spread(List<LatencyFacts> all)
    {
        long[] powers = [.. all.SelectMany(each => each.Times).Select(bin => bin.AtMostUs).Distinct().Order()];
        (int first, int last) = (Power(powers[0]), Power(powers[^1]));
        int each = ((last - first) / MostColumns) + 1;
        int[] ends = [.. Enumerable.Range(0, ((last - first) / each) + 1).Select(column => first + (column * each) + each - 1)];
        return new ReportTable(
            "The same by time: each column has the packets that took at most the time above it, and longer than that of the column before.",
            [new Column("Packets that were"), .. ends.Select(end => new Column(Short(1L << end), ColumnKind.Count))],
            [.. all.Select(row => new Row([new TextCell(Words(row)), .. ends.Select(end => new CountCell(row.Times.Where(bin => Power(bin.AtMostUs) <= end && Power(bin.AtMostUs) > end - each).Sum(bin => bin.Packets)))]))])
        {
            IsHeat = true,
            IsInFacts = false,
        };
    }

    private static int Power(long microseconds) => (int)long.Log2(Math.Max(1, microseconds));

    private static TextCell Time(long microseconds) => new(Short(microseconds)) { SortBy = microseconds };

    private static string Short(long microseconds) => Duration(microseconds * 1000);

    private static string Words(LatencyFacts each) => (each.Since, each.Until) switch
    {
        (_, LatencyTable.Dropped) => $"{each.Since}, dropped{(each.Reason is { } reason ? $": {reason}" : "")}",
        (_, LatencyTable.Read) => "received, read by a program",
        _ => "queued, sent",
    };
}
