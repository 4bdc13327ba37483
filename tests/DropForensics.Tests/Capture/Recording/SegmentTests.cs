using System.Text;
using DropForensics.Capture;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Network;
using DropForensics.Capture.Probes;
using DropForensics.Capture.Recording;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Recording;

public sealed class SegmentTests : IDisposable
{
    private static readonly ProbePlan Plan = new()
    {
        Events =
        [
            new ArmedEvent { Id = "skb:kfree_skb", Kind = ProbeKind.Tracepoint, Directory = DropTracepoint.Directory },
            new ArmedEvent { Id = "skb:consume_skb", Kind = ProbeKind.Tracepoint, Directory = "events/skb/consume_skb" },
        ],
        Why = "",
        Reasons = ReasonTable.Empty,
    };

    private static readonly HostView Host = new([], [], []);

    private readonly ScratchDirectory _directory = new();

    [Fact]
    public void Two_files_of_one_armed_kernel_are_each_held_against_what_was_counted_while_they_were_written()
    {
        KernelCounts[] moments = [Counts(drops: 0, others: 0, overrun: 0, read: 0), Counts(drops: 3, others: 50, overrun: 0, read: 53), Counts(drops: 10, others: 90, overrun: 4, read: 96)];

        var first = Write("first.db", moments[0], moments[1]);
        var second = Write("second.db", moments[1], moments[2]);

        Assert.Equal((3L, 0L, 53L), (first.Ledger.Counted, first.Ledger.RecordsLost, first.Ledger.Cpus[0].RecordsRead));
        Assert.Equal((7L, 4L, 43L), (second.Ledger.Counted, second.Ledger.RecordsLost, second.Ledger.Cpus[0].RecordsRead));
        Assert.Equal((50, 40), (first.Ledger.Cpus[0].OthersWritten, second.Ledger.Cpus[0].OthersWritten));
        Assert.Equal([["7"]], Db.Texts(second.File, "select witness_drops from capture"));
        Assert.Equal([["4"]], Db.Texts(second.File, "select records from loss where source = 'stats'"));
        Assert.Equal(
            [["before", "entries: 0\noverrun: 0\ncommit overrun: 0\ndropped events: 0\nread events: 53\n"], ["after", "entries: 0\noverrun: 4\ncommit overrun: 0\ndropped events: 0\nread events: 96\n"]],
            Db.Texts(second.File, "select phase, cast(content as text) from artifact where path = 'per_cpu/cpu0/stats' order by phase desc"));
    }

    public void Dispose() => _directory.Dispose();

    private CaptureResult Write(string name, KernelCounts start, KernelCounts end)
    {
        using var writer = CaptureWriter.Create(_directory.File(name), force: false);
        var segment = new Segment(writer, new Recorder(writer, ReasonTable.Empty), Plan, Made.Capture());
        segment.Begin([new HostFile("events/skb/kfree_skb/format", "x"u8.ToArray())], start, Host);
        return segment.Finish(new SegmentEnd(end, Host, IsSteered: false, Relief: [], WriteFailure: null, ReadFailure: null));
    }

    private static KernelCounts Counts(long drops, long others, int overrun, int read)
    {
        var stats = Encoding.ASCII.GetBytes($"entries: 0\noverrun: {overrun}\ncommit overrun: 0\ndropped events: 0\nread events: {read}\n");
        return new KernelCounts(new EventCount([(0, drops)], 0, null), new EventCount([(0, others)], 0, null), [new RingCount(0, stats, RingStats.TryParse(stats))]);
    }
}
