using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Findings;

/// <summary>Whether what TCP sent again was dropped on this host.</summary>
public sealed class RetransmitTests : IDisposable
{
    private const long Ms = 1_000_000;

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Retransmits_follow_drops_of_their_connection_in_either_direction()
    {
        ReportModel model = Read(
            [Dropped(Data, 1000), Dropped(Data, 1010), Dropped(Answers, 3000), Dropped(Other, 3000)],
            (Data, 1200), (Data, 1205), (Data, 3250), (Data, 8000));
        RetransmitFacts facts = model.Facts.Retransmits!; // events were recorded
        Assert.Equal((4, 3, 3, 3, true), (facts.Retransmits, facts.AfterDrop, facts.Drops, facts.Of, facts.AreComparable));
        Assert.Equal([new RetransmitCause("__udp4_lib_rcv", "NETFILTER_DROP", 3)], facts.By);

        Finding finding = model.Findings.Single(f => f.Id == "retransmits");
        Assert.Equal("Drops here make TCP send again: 3 of 4 retransmits follow a drop of the same connection.", finding.Title);
        Assert.Equal(
            ["3 retransmits after a drop by `__udp4_lib_rcv`, reason `NETFILTER_DROP`.", "3 of 3 drops of these connections were followed by a retransmit.", "1 retransmit follows no drop here: the data was lost elsewhere, or arrived late."],
            finding.Evidence.Select(EvidenceWords.Of));
    }

    // Each retransmit is dropped as well, so the next comes after twice the time.
    [Fact]
    public void A_retransmit_that_is_dropped_itself_leads_to_the_next_however_late()
    {
        RetransmitFacts facts = Read(
            [Dropped(Data, 1000), Dropped(Data, 1201), Dropped(Data, 1601), Dropped(Data, 2401)], (Data, 1200), (Data, 1600), (Data, 2400), (Data, 4000)).Facts.Retransmits!; // events were recorded
        Assert.Equal((4, 4, 4), (facts.Retransmits, facts.AfterDrop, facts.Drops));
    }

    [Fact]
    public void Where_none_follows_a_drop_the_loss_is_elsewhere_and_that_leads_before_what_is_harmless()
    {
        ReportModel model = Read([Dropped(Other, 1000), Dropped(Data, 5000)], (Data, 1100), (Data, 1300));
        Assert.Equal("What TCP lost was lost elsewhere: TCP sent 2 segments again, and no packet of these connections was dropped here before.", model.Findings.Single(f => f.Id == "retransmits").Title);
        Assert.Equal(0, model.Facts.Retransmits!.Drops); // events were recorded
    }

    // The sender waited long for the first: its round trip is long, or it was the end of what it had to send.
    [Fact]
    public void What_was_lost_together_is_sent_again_together_however_long_the_first_waits()
    {
        RetransmitFacts facts = Read([Dropped(Data, 1000), Dropped(Data, 1001), Dropped(Data, 1002)], (Data, 2000), (Data, 2200), (Data, 2400), (Data, 2800)).Facts.Retransmits!; // events were recorded
        Assert.Equal((4, 3, 3), (facts.Retransmits, facts.AfterDrop, facts.Drops));
    }

    [Fact]
    public void A_drop_longer_ago_than_tcp_ever_waits_is_not_why()
    {
        RetransmitFacts facts = Read([Dropped(Data, 5000), Dropped(Other, 5000)], (Data, 1000), (Data, 121_000), (Other, 1000), (Other, 121_001)).Facts.Retransmits!; // events were recorded
        Assert.Equal((4, 1, 1, 2), (facts.Retransmits, facts.AfterDrop, facts.Drops, facts.Of));
    }

    // The acknowledgement was lost elsewhere; what was sent again because of it came here.
    [Fact]
    public void A_copy_of_what_had_arrived_is_dropped_because_something_is_sent_again_and_is_not_why()
    {
        RetransmitFacts facts = Read([Dropped(Data, 1201) with { Reason = "TCP_OLD_DATA" }, Dropped(Answers, 1202) with { Reason = "TCP_OLD_ACK" }], (Data, 1200), (Data, 1400)).Facts.Retransmits!; // events were recorded
        Assert.Equal((2, 0, 0, true), (facts.Retransmits, facts.AfterDrop, facts.Of, facts.AreComparable));
    }

    [Fact]
    public void Where_nothing_of_IP_was_dropped_at_all_the_loss_is_elsewhere()
    {
        Assert.StartsWith("What TCP lost was lost elsewhere: ", Read([], (Data, 1100)).Findings.Single(f => f.Id == "retransmits").Title, StringComparison.Ordinal);
        Assert.True(Read([new MadePackets.Drop(MadePackets.Eth0) { EtherType = 0x806 }], (Data, 1100)).Facts.Retransmits!.AreComparable); // an event was recorded
    }

    [Fact]
    public void A_capture_with_a_filter_says_that_the_drops_may_be_those_that_it_leaves_out()
    {
        string path = _scratch.File("x.db");
        MadePackets.Write(path, MadePackets.Eprobe with { Filter = "dev == \"eth1\"" }, writer => AddOther(writer, Data, 1100));
        Finding finding = MadeCapture.Read(path).Findings.Single(f => f.Id == "retransmits");
        Assert.StartsWith("What TCP lost was lost elsewhere, or by drops that the filter leaves out: TCP sent 1 segment again", finding.Title, StringComparison.Ordinal);
        Assert.Contains("Or this host lost them by drops that the filter leaves out.", finding.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_addresses_of_the_drops_nothing_is_said_of_them()
    {
        Finding finding = Read([new MadePackets.Drop(MadePackets.Eth0)], (Data, 1100)).Findings.Single(f => f.Id == "retransmits");
        Assert.StartsWith("Retransmits cannot be compared with the drops: TCP sent 1 segment again", finding.Title, StringComparison.Ordinal);
        Assert.Equal(FindingOrder.NoLoss, finding.Rank);
    }

    [Fact]
    public void Without_addresses_of_the_retransmits_either()
    {
        MadePackets.Write(_scratch.File("x.db"), MadePackets.Eprobe, writer => AddOther(writer, null, 1100), Dropped(Data, 1000));
        Assert.False(MadeCapture.Read(_scratch.File("x.db")).Facts.Retransmits!.AreComparable); // an event was recorded
    }

    // The first timeout of a connection that is being opened is a second, and a drop of long ago has been made up for.
    [Theory]
    [InlineData(1000, 1)]
    [InlineData(3000, 0)]
    public void The_first_retransmit_follows_a_drop_of_the_last_second_alone(long afterMs, long follows) =>
        Assert.Equal(follows, Read([Dropped(Data, 1000)], (Data, 1000 + afterMs)).Facts.Retransmits!.AfterDrop); // events were recorded

    [Fact]
    public void Where_drops_are_missing_the_loss_is_not_surely_elsewhere()
    {
        string path = _scratch.File("x.db");
        MadePackets.Write(path, MadePackets.Eprobe with { WitnessDrops = 100, WitnessSlack = 0 }, writer => AddOther(writer, Data, 1100), Dropped(Other, 1000));
        Finding finding = MadeCapture.Read(path).Findings.Single(f => f.Id == "retransmits");
        Assert.StartsWith("What TCP lost was lost elsewhere, or by drops that are missing in this capture: TCP sent 1 segment again", finding.Title, StringComparison.Ordinal);
        Assert.Equal(FindingOrder.Pattern, finding.Rank);
    }

    [Fact]
    public void A_few_of_very_many_are_not_called_harmful()
    {
        Finding finding = Read([Dropped(Data, 1000)], [(Data, 1100), .. Enumerable.Range(0, 30).Select(i => (Other, 2000L + (500 * i)))]).Findings.Single(f => f.Id == "retransmits");
        Assert.Equal("Drops here make TCP send again: 1 of 31 retransmits follows a drop of the same connection.", finding.Title);
        Assert.Equal(Severity.Depends, finding.Severity);
    }

    [Fact]
    public void Without_such_events_there_is_no_finding() => Assert.DoesNotContain(Read([Dropped(Data, 1000)]).Findings, f => f.Id == "retransmits");

    [Fact]
    public void Events_are_counted_in_the_same_parts_of_the_window_as_the_drops()
    {
        ReportModel model = Read([Dropped(Data, 1000)], (Data, 1), (Data, 9999), (Data, 9998));
        EventFacts kind = Assert.Single(model.Facts.OtherEvents);
        Assert.Equal((3, FactLimits.EventSlices), (kind.Events, kind.Over.Count));
        Assert.Equal((1, 2, 3), (kind.Over[0], kind.Over[^1], kind.Over.Sum()));
    }

    private static readonly PacketFlow Data = MadePackets.V4(1, 2, 6, 40001, 5000), Answers = MadePackets.V4(2, 1, 6, 5000, 40001), Other = MadePackets.V4(1, 2, 6, 40002, 5000);

    private static MadePackets.Drop Dropped(PacketFlow flow, long ms) => new(MadePackets.Eth0, new PacketHeaders(flow, null, null), Reason: "NETFILTER_DROP") { AfterNs = ms * Ms };

    private ReportModel Read(MadePackets.Drop[] drops, params (PacketFlow Flow, long AfterMs)[] retransmits)
    {
        string path = _scratch.File("x.db");
        MadePackets.Write(
            path, MadePackets.Eprobe,
            writer =>
            {
                foreach ((PacketFlow flow, long afterMs) in retransmits) AddOther(writer, flow, afterMs);
            },
            drops);
        return MadeCapture.Read(path);
    }

    private static void AddOther(CaptureWriter writer, PacketFlow? flow, long afterMs)
    {
        var sent = new OtherEvent
        {
            Name = "tcp_retransmit_skb",
            Cpu = 0,
            RawLine = 1,
            Timestamp = 100_000_000_000 + (afterMs * Ms),
            Pid = 0,
            Comm = "swapper/0",
            Fields = "{}",
        };
        writer.AddOther(sent, 100_000_000_000, writer.InternTask(sent), null, flow is { } known ? writer.InternFlow(new PacketHeaders(known, null, null)) : null);
    }
}
