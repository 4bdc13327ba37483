using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.Analyze.Findings;

/// <summary>What is made of drops, and in which order.</summary>
public sealed class FindingsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_finding_has_its_numbers_and_commands_with_what_is_known_filled_in()
    {
        Finding finding = Packets([.. Enumerable.Repeat(new Drop(VethB, Udp(1, 2, 40000, 9)), 3)])[0];
        Assert.Equal(("closed-port", Severity.Depends, 3L), (finding.Id, finding.Severity, finding.Drops));
        Assert.Equal("No socket takes these packets: 3 packets, 100 % of all; UDP to port 9, arriving through `veth-b` (`veth`).", finding.Title);
        string[] evidence = [.. finding.Evidence.Select(EvidenceWords.Of)];
        Assert.Contains("3 drops in `__udp4_lib_rcv`, `NO_SOCKET`.", evidence);
        Assert.Contains(evidence, e => e.StartsWith("Flow 10.0.0.1:40000 → 10.0.0.2:9", StringComparison.Ordinal));
        Assert.Contains(finding.Checks, c => c.Command == "nsenter -t \"$NSPID\" -n ss -lntup \"sport = :9\"");
        Assert.NotEmpty(finding.Causes);
    }

    [Fact]
    public void One_harmful_packet_counts_as_much_as_a_hundred_that_may_be_meant_to_be_dropped()
    {
        Assert.Equal(["receive-buffer", "closed-port"], Ids(Lines(("NO_SOCKET", 99), ("SOCKET_RCVBUFF", 1))));
        Assert.Equal(["closed-port", "receive-buffer"], Ids(Lines(("NO_SOCKET", 101), ("SOCKET_RCVBUFF", 1))));
        Assert.Equal(["closed-port", "unknown-protocol"], Ids(Lines(("UNHANDLED_PROTO", 900), ("NO_SOCKET", 1))));
    }

    [Fact]
    public void What_is_no_loss_comes_last_and_is_never_harmful()
    {
        IReadOnlyList<Finding> findings = Lines(("QUEUE_PURGE", 500), ("UNHANDLED_PROTO", 1));
        Assert.Equal(["unknown-protocol", "noise"], Ids(findings));
        Assert.Equal(Severity.Harmless, findings[1].Severity);
    }

    [Fact]
    public void Sites_that_mean_the_same_are_one_finding()
    {
        Finding finding = Assert.Single(Lines(("TCP_CSUM", 2), ("UDP_CSUM", 3), ("IP_CSUM", 1)));
        Assert.Equal(("checksum", 6L), (finding.Id, finding.Drops));
    }

    [Fact]
    public void A_reason_that_nobody_knows_is_told_as_such()
    {
        Finding finding = Assert.Single(Lines(("A_REASON_OF_TOMORROW", 2)));
        Assert.Equal(("unknown-reason", Severity.Depends), (finding.Id, finding.Severity));
    }

    [Fact]
    public void A_reason_may_mean_something_of_its_own_in_a_function()
    {
        Assert.Equal("ttl", Assert.Single(At("ip_forward+0x1/0x2", "IP_INHDR")).Id);
        Assert.Equal("malformed", Assert.Single(At("ip_rcv_core+0x1/0x2", "IP_INHDR")).Id);
        Assert.Equal("conntrack", Assert.Single(At("nf_conntrack_in+0x1/0x2", "NETFILTER_DROP")).Id);
    }

    [Fact]
    public void One_source_at_many_closed_ports_is_a_scan()
    {
        IReadOnlyList<Finding> findings = Packets([.. Enumerable.Range(1, FactLimits.ScannedPorts).Select(port => new Drop(VethB, Udp(1, 2, 40000, port)))]);
        Assert.Equal("closed-port", findings[0].Id);
        Assert.Contains("; they are a port scan: 10.0.0.1 tried 20 UDP ports of 10.0.0.2.", findings[0].Title);
        Assert.Contains(findings[0].Checks, c => c.Command == "nsenter -t \"$NSPID\" -n timeout 10 tcpdump -ni any -c 20 host 10.0.0.1");
    }

    [Fact]
    public void One_port_less_is_none() => Assert.DoesNotContain(
        "scan", Packets([.. Enumerable.Range(1, FactLimits.ScannedPorts - 1).Select(port => new Drop(VethB, Udp(1, 2, 40000, port)))])[0].Title);

    [Fact]
    public void A_service_that_answers_too_late_scans_nobody()
    {
        IReadOnlyList<Finding> findings = Packets([.. Enumerable.Range(40000, 30).Select(port => new Drop(VethB, Udp(1, 2, 53, port)))]);
        Assert.Equal("closed-port", findings[0].Id);
        Assert.Contains("answers that came too late, from port 53 of 10.0.0.1 to 30 UDP ports", findings[0].Title);
        Assert.DoesNotContain("scan", findings[0].Title);
    }

    [Fact]
    public void Ports_that_a_firewall_kept_closed_are_no_scan_of_closed_ports() => Assert.DoesNotContain(
        Packets([.. Enumerable.Range(1, 50).Select(port => new Drop(VethB, Udp(1, 2, 40000, port), Reason: "NETFILTER_DROP"))]), f => f.Title.Contains("scan", StringComparison.Ordinal));

    [Fact]
    public void A_scan_is_found_among_the_flows_of_many_others()
    {
        IEnumerable<Drop> others = Enumerable.Range(0, 300).Select(i => new Drop(VethB, Udp(1000 + i, 2, 40000, i % 25)));
        IEnumerable<Drop> scan = Enumerable.Range(100, 60).Select(port => new Drop(VethB, Udp(7, 8, 50000, port)));
        Finding finding = Packets([.. others, .. scan]).Single(f => f.Id == "closed-port");
        Assert.Contains("; 60 of them are a port scan: 10.0.0.7 tried 60 UDP ports of 10.0.0.8.", finding.Title);
    }

    [Fact]
    public void What_a_card_counted_and_no_drop_event_shows_is_a_finding()
    {
        MadePackets.Write(Path, Eprobe, new Drop(VethB, Udp(1, 2, 40000, 9)));
        CaptureFacts facts = MadeCapture.Read(Path).Facts with
        {
            Counters = [new CounterFacts(Host, "eth0", "rx_missed_errors", "packets that the card had no room for", "never", 40, null, null, 40, CounterFacts.NotComparable) { Topic = "before-the-stack", Severity = Severity.Harmful }],
        };
        Finding finding = FindingsWriter.Of(facts)[0];
        Assert.Equal(("before-the-stack", Severity.Harmful, 40L), (finding.Id, finding.Severity, finding.Drops));
        Assert.Contains("40 packets at `eth0`", finding.Title);
        Assert.Contains(finding.Checks, c => c.Command == "ethtool -g eth0");
    }

    [Fact]
    public void A_burst_is_told_with_its_time_and_how_far_it_stands_out()
    {
        Finding burst = Times([.. Enumerable.Range(0, 100).Select(i => 100 + (i / 10.0)), .. Enumerable.Range(0, 400).Select(i => 104 + (i / 100_000.0))])
            .Single(f => f.Id == "burst");
        Assert.Contains("4.000000 s", EvidenceWords.Of(burst.Evidence[0]));
        Assert.Contains("`NO_SOCKET`", EvidenceWords.Of(burst.Evidence[0]));
        Assert.InRange(burst.Drops, 400, 402);
    }

    [Fact]
    public void What_comes_again_at_equal_distances_is_a_rhythm_and_no_burst()
    {
        IReadOnlyList<Finding> findings = Times([.. Enumerable.Range(0, 9).SelectMany(beat => Enumerable.Repeat(100.5 + beat, 10))]);
        Finding periodic = findings.Single(f => f.Id == "periodic");
        Assert.StartsWith("Packets are dropped periodically: every 1 s, 9 times, 90 of 90 packets.", periodic.Title);
        Assert.DoesNotContain("burst", Ids(findings));
    }

    [Fact]
    public void What_comes_evenly_or_by_chance_is_neither()
    {
        Assert.Equal(["closed-port"], Ids(Times([.. Enumerable.Range(0, 1000).Select(i => 100 + (i / 100.0))])));
        Assert.Equal(["closed-port"], Ids(Times([100.1, 100.4, 101.9, 104.0, 104.1, 107.7, 109.3])));
    }

    [Fact]
    public void A_hostile_interface_name_never_becomes_part_of_a_command()
    {
        MadePackets.Write(Path, Eprobe, new Drop(VethB, Udp(1, 2, 40000, 9), Reason: "UDP_CSUM"), new Drop(VethB, Udp(1, 2, 40000, 9), Reason: "UDP_CSUM"));
        MadeCapture.Change(Path, "UPDATE interface SET name = '$(reboot)'; UPDATE flow SET dst = '`reboot`', src = ';reboot'");
        Assert.All(MadeCapture.Read(Path).Findings.SelectMany(f => f.Checks), check => Assert.DoesNotContain("reboot", check.Command));
    }

    [Fact]
    public void Hits_of_a_function_are_no_drops_and_have_no_cause() =>
        Assert.Empty(Of(Eprobe with { HitsOf = "ip_rcv" }, new Drop(VethB, Udp(1, 2, 40000, 9))));

    [Fact]
    public void A_capture_without_drops_has_no_findings() => Assert.Empty(Lines());

    [Fact]
    public void A_capture_with_a_hole_says_so_first_where_the_hole_is_large()
    {
        MadeCapture.Write(Path, MadeCapture.Whole, [(0, MadeCapture.Event(101) + "CPU:0 [LOST 500 EVENTS]\n" + MadeCapture.Event(102))]);
        Finding finding = MadeCapture.Read(Path).Findings[0];
        Assert.Equal(("incomplete", Severity.Harmful), (finding.Id, finding.Severity));
        Assert.NotEmpty(finding.Evidence);
    }

    [Fact]
    public async Task The_page_links_its_first_screen_to_each_finding_and_holds_them_all()
    {
        MadeCapture.Write(Path, MadeCapture.Whole, [(0, MadeCapture.Event(101) + MadeCapture.Event(102, reason: "SOCKET_RCVBUFF") + MadeCapture.Event(103, reason: "TCP_CSUM") + MadeCapture.Event(104, reason: "QUEUE_PURGE"))]);
        ReportModel model = MadeCapture.Read(Path);
        string page = await HtmlReport.RenderAsync(model);
        Assert.Equal(4, model.Findings.Count);
        Assert.All(model.Findings, f => Assert.Contains($"id=\"finding-{f.Id}\"", page));
        Assert.All(model.Findings.Take(3), f => Assert.Contains($"href=\"#finding-{f.Id}\"", page));
        Assert.DoesNotContain("href=\"#finding-noise\"", page);
    }

    [Fact]
    public void Every_finding_has_numbers_behind_it()
    {
        foreach (Finding finding in MadeCapture.Read(Repository.At("fixtures", "captures", "packets.db")).Findings)
        {
            Assert.NotEmpty(finding.Evidence);
            Assert.True(finding.Drops > 0 && finding.Meaning.Length > 0 && finding.Checks.Count > 0, finding.Title);
        }
    }

    [Fact]
    public void Every_topic_of_an_entry_is_one_that_the_report_knows() =>
        Assert.Empty(KnowledgeBase.Embedded.Entries.Select(e => e.Topic).Except(Topic.All.Keys));

    private static IEnumerable<string> Ids(IEnumerable<Finding> findings) => findings.Select(f => f.Id);

    private IReadOnlyList<Finding> Packets(Drop[] drops) => Of(Eprobe, drops);

    private IReadOnlyList<Finding> Of(DropForensics.Core.Store.CaptureRow row, params Drop[] drops)
    {
        MadePackets.Write(Path, row, drops);
        return MadeCapture.Read(Path).Findings;
    }

    /// <summary>Drops of these reasons, spread over the window so that no burst is among them.</summary>
    private IReadOnlyList<Finding> Lines(params (string Reason, int Count)[] reasons) => Text(string.Concat(
        reasons.SelectMany(r => Enumerable.Range(0, r.Count).Select(i => MadeCapture.Event(100 + (10.0 * i / r.Count), "nobody_knows+0x1/0x2", r.Reason)))));

    private IReadOnlyList<Finding> At(string location, string reason) => Text(MadeCapture.Event(101, location, reason));

    private IReadOnlyList<Finding> Times(double[] seconds) => Text(string.Concat(seconds.Order().Select(s => MadeCapture.Event(s))));

    private IReadOnlyList<Finding> Text(string text)
    {
        MadeCapture.Write(Path, MadeCapture.Whole, [(0, text)], (writer, _) => MadeCapture.AddCounters(writer));
        return MadeCapture.Read(Path).Findings;
    }

    [Theory]
    [InlineData(300, "Of 300 packets that `n0` received, 300 were dropped here: 100 %.")]
    [InlineData(30_000, "Of 30,000 packets that `n0` received, 300 were dropped here: 1 of 100.")]
    [InlineData(299, null)] // the counter is not of these packets
    public void A_cause_says_how_large_a_part_of_what_an_interface_received_was_dropped(long received, string? expected)
    {
        CaptureFacts facts = MadeCapture.Read(Repository.At("fixtures", "captures", "scenarios", "state-card-ring-enough.db")).Facts;

        IEnumerable<string> said = FindingsWriter.Of(facts with { Interfaces = [.. facts.Interfaces.Select(each => each.Name == "n0" ? each with { Received = received } : each)] })
            .SelectMany(finding => finding.Evidence).OfType<TextEvidence>().Select(evidence => evidence.Text).Where(text => text.Contains("were dropped here"));

        Assert.Equal(expected is null ? [] : [expected], said);
    }
}
