using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Terminal;
using DropForensics.Core.Ledger;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Analysis;

/// <summary>The accounts as they come out of a file.</summary>
public sealed class LedgerFactsTests : IDisposable
{
    private const long Netns = 4026531840;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_cpu_has_what_was_counted_read_understood_and_lost()
    {
        // The event at 102 and its stack, and the event at 103, were lost.
        string whole = EventAndStack(103, E1000), orphan = whole[(whole.IndexOf('\n') + 1)..];
        string text = EventAndStack(101, E1000) + "CPU:0 [LOST 3 EVENTS]\n" + orphan + "garbage\n";
        CaptureFacts facts = Of(Whole with { WitnessDrops = 3, WitnessSlack = 0 }, text, (writer, _) =>
        {
            writer.AddWitnessCount(0, 3);
            writer.AddArtifact(ArtifactPhase.After, 0, "per_cpu/cpu0/stats", "entries: 0\noverrun: 3\ncommit overrun: 0\ndropped events: 0\nread events: 3\n"u8);
        }).Facts;

        CpuAccount cpu = Assert.Single(facts.Ledger.Cpus);
        Assert.Equal((3L, 1L, 2L, 1L, 3L, 3L, 1L), (cpu.Counted, cpu.Captured, cpu.Stacks, cpu.OrphanStacks, cpu.RecordsRead, cpu.RecordsLost, cpu.UnparsedLines));
        Assert.Equal((0L, 0L), (cpu.RecordsLeft!.Value, cpu.RecordsMissedByReader)); // its stats have been read
        Assert.Equal(2, facts.Completeness.AtLeast);
    }

    [Fact]
    public void What_the_kernel_counted_by_reason_and_location_stands_beside_what_was_captured()
    {
        Of(Whole with { WitnessDrops = 9, WitnessSlack = 1 }, EventAndStack(101, E1000) + Event(102), (writer, _) =>
        {
            writer.AddHistCount(3, "__udp4_lib_rcv+0x4bc/0xd00", 8);
            writer.AddHistCount(3, "tcp_v4_rcv+0x7d/0xf20", 1);
            writer.AddRingLoss(0, 15);
        });
        Change(_scratch.File("c.db"), "UPDATE reason SET value = 3");
        ReportModel model = Read(_scratch.File("c.db"));
        Assert.Equal(2, model.Facts.KernelCounts.Sum(c => c.Captured));
        Assert.Contains(model.Facts.KernelCounts, c => c is { Location: "__udp4_lib_rcv+0x4bc", Counted: 8, Captured: 1 });
        Assert.Contains("By the kernel's own count by reason, 7 of the missing drops were `NO_SOCKET` at `__udp4_lib_rcv+0x4bc`.", model.Verdict.Completeness.Evidence);
    }

    [Fact]
    public void Counters_beside_what_was_traced_are_told_on_the_terminal()
    {
        ReportModel model = Of(Whole, EventAndStack(101, E1000) + EventAndStack(102, E1000), (writer, _) =>
        {
            writer.AddArtifact(ArtifactPhase.Before, Netns, "/proc/net/snmp", "Udp: NoPorts\nUdp: 5\n"u8);
            writer.AddArtifact(ArtifactPhase.After, Netns, "/proc/net/snmp", "Udp: NoPorts\nUdp: 7\n"u8);
            writer.AddArtifact(ArtifactPhase.Before, Netns, "rtnetlink/statistics", "eth0: rx_missed_errors 1\n"u8);
            writer.AddArtifact(ArtifactPhase.After, Netns, "rtnetlink/statistics", "eth0: rx_missed_errors 16391\n"u8);
        });
        using var output = new StringWriter();
        TerminalReport.Write(model, 10, output, plain: true, width: 200);

        Assert.Contains("1 counter of the host agrees with these drops.", output.ToString());
        Assert.Contains("Counters on eth0: 16,390 rx_missed_errors, packets that the card had no room for: lost before the stack.", output.ToString());
        Assert.Contains("The card behind eth0 dropped 16,390 packets before the stack saw them", output.ToString());
        Assert.True(model.Facts.IsIncomplete);
    }

    private ReportModel Of(CaptureRow row, string text, Action<CaptureWriter, Recorder> more)
    {
        Write(_scratch.File("c.db"), row, [(0, text)], more);
        return Read(_scratch.File("c.db"));
    }
}
