using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Facts;

/// <summary>How long packets had been in the kernel when something became of them: <c>capture --latency</c>. The kernel counts in powers of two.</summary>
/// <param name="Since">Where the time begins: <c>received</c> from a driver, or <c>queued</c> to be sent.</param>
/// <param name="Until">What became of the packets: <c>dropped</c>, <c>read</c> by a program, or <c>sent</c>, which is handed to the driver.</param>
/// <param name="Reason">Of a drop, by the kernel's name; null for none.</param>
/// <param name="Packets">How many.</param>
/// <param name="WithoutTime">At most so many more between these two ends, whatever their reason, found no room in the kernel's tables.</param>
/// <param name="HalfWithinUs">Half of the packets took at most so many microseconds.</param>
/// <param name="NineOfTenWithinUs">Nine of ten took at most so many.</param>
/// <param name="AllWithinUs">All took at most so many.</param>
/// <param name="Times">The shortest first.</param>
public sealed record LatencyFacts(
    string Since, string Until, string? Reason, long Packets, long WithoutTime, long HalfWithinUs, long NineOfTenWithinUs, long AllWithinUs, IReadOnlyList<LatencyBin> Times)
{
    /// <summary>What a capture says of it, what was received before what was queued, drops before all else, and the most packets first; empty if it was not counted.</summary>
    /// <param name="table">The capture's table: see <see cref="LatencyTable"/>; null for none.</param>
    public static IReadOnlyList<LatencyFacts> Of(byte[]? table)
    {
        ILookup<bool, LatencyRow> rows = LatencyTable.Rows(table).ToLookup(row => row.AtMostUs is not null);
        return
        [
            .. rows[true].GroupBy(row => (row.Since, row.Until, row.Reason)).Select(same => Of(
                    same.Key.Since, same.Key.Until, same.Key.Reason, [.. same], rows[false].Where(row => (row.Since, row.Until) == (same.Key.Since, same.Key.Until)).Sum(row => row.Packets)))
                .OrderBy(each => each.Since == LatencyTable.Queued).ThenBy(each => each.Until != LatencyTable.Dropped).ThenByDescending(each => each.Packets).ThenBy(each => each.Reason, StringComparer.Ordinal),
        ];
    }

    private static LatencyFacts Of(string since, string until, string? reason, List<LatencyRow> rows, long without)
    {
        List<LatencyBin> times = [.. rows.GroupBy(row => row.AtMostUs ?? 0)
            .Select(same => new LatencyBin(same.Key, same.Sum(row => row.Packets))).OrderBy(bin => bin.AtMostUs)];
        long packets = times.Sum(bin => bin.Packets);
        return new LatencyFacts(since, until, reason, packets, without, Within(0.5), Within(0.9), times[^1].AtMostUs, times);

        long Within(double share)
        {
            long sum = 0;
            return times.FirstOrDefault(bin => (sum += bin.Packets) >= share * packets)?.AtMostUs ?? times[^1].AtMostUs;
        }
    }
}

/// <summary>Packets that took about the same time.</summary>
/// <param name="AtMostUs">Microseconds, a power of two: they took longer than half of it.</param>
/// <param name="Packets">How many.</param>
public sealed record LatencyBin(long AtMostUs, long Packets);
