using System.Text;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.Analyze.HostState;

/// <summary>Which tc filter a finding names, by the direction and the interface of the drops and by what filters counted.</summary>
public sealed class FilterFindingsTests : IDisposable
{
    private const string Head = "interface\tparent\tpriority\tprotocol\tchain\tkind\thandle\twhat\taction\tindex\tverdict\tpackets\tbytes\tdrops\n";
    private const string Program = "veth-b\tingress\t9\tall\t0\tbpf\t0x1\tpolicy id 12\t-\t-\tby the program\t-\t-\t-\n";
    private const string Ingress = "__netif_receive_skb_core.constprop.0+0x1/0x2 __netif_receive_skb_one_core+0x8d/0xa0 process_backlog+0x83/0x130", Egress = "__dev_queue_xmit+0x1/0x2 ip_finish_output2+0x1/0x2 ip_output+0x1/0x2";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_filter_that_counted_the_drops_is_named()
    {
        Finding finding = Of(Dropping(10, 100) + Dropping(11, 5), Dropping(10, 140) + Dropping(11, 7), Drops(42));

        Assert.Equal(("tc-rule", 42L), (finding.Id, finding.Drops));
        Assert.EndsWith("; 95.2 % by the tc filter pref 10 handle 0x1 of `veth-b` ingress.", finding.Title);
        Assert.Equal(
            ["The tc filter pref 10 handle 0x1 of `veth-b` ingress (`flower dst_port 10`, action `gact drop`) counted 40 dropped packets during the capture.",
                "The tc filter pref 11 handle 0x1 of `veth-b` ingress (`flower dst_port 11`, action `gact drop`) counted 2 dropped packets during the capture."],
            Sentences(finding).Take(2));
        Assert.DoesNotContain(Sentences(finding), sentence => sentence.StartsWith("No tc filter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("veth-b\tegress")]      // another direction
    [InlineData("eth0\tingress")]       // another interface
    [InlineData("veth-b\t1:")]          // of a queue
    public void A_filter_that_cannot_have_dropped_them_is_not_named(string place)
    {
        Finding finding = Of(Dropping(10, 0, place), Dropping(10, 40, place), Drops(40));

        Assert.DoesNotContain("tc filter", finding.Title);
        Assert.DoesNotContain(Sentences(finding), sentence => sentence.Contains("tc filter", StringComparison.Ordinal));
    }

    // Every container has an eth0.
    [Fact]
    public void A_filter_of_another_namespace_is_not_named_even_if_that_of_the_drops_was_not_listed()
    {
        Finding finding = Read(Host, Dropping(10, 0), Dropping(10, 40), "6.12.107", $"filters.tsv\t{Pod}\tPermission denied\n", Drops(40)).Findings[0];

        Assert.DoesNotContain("tc filter", finding.Title);
        Assert.StartsWith("Which filter dropped 40 packets on ingress is unknown", Sentences(finding)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_list_of_what_is_missing_was_cut_no_namespace_counts_as_listed()
    {
        Finding finding = Read(Host, Dropping(10, 0), Dropping(10, 40), "6.12.107", "neighbours.tsv\t1\tx\n# 70 more rows are left out\n", Drops(40)).Findings[0];

        Assert.StartsWith("Which filter dropped 40 packets on ingress is unknown", Sentences(finding)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_drops_are_missing_no_filter_is_named_for_its_count_is_of_all()
    {
        string path = _scratch.File("c.db");
        MadePackets.Write(path, Eprobe with { WitnessDrops = 5000, WitnessSlack = 0 }, writer =>
        {
            writer.AddArtifact(ArtifactPhase.Before, Pod, "filters.tsv", Encoding.UTF8.GetBytes(Head + Dropping(10, 0)));
            writer.AddArtifact(ArtifactPhase.After, Pod, "filters.tsv", Encoding.UTF8.GetBytes(Head + Dropping(10, 14)));
            writer.AddArtifact(ArtifactPhase.After, Pod, "links.tsv", "interface\tifindex\n"u8);
        }, Drops(20));

        Assert.DoesNotContain("tc filter", MadeCapture.Read(path).Findings.Single(f => f.Id == "tc-rule").Title);
    }

    [Fact]
    public void A_filter_that_passes_what_it_counts_is_not_named()
    {
        string before = "veth-b\tingress\t5\tip\t0\tflower\t0x1\tdst_port 5\tgact\t7\tpass\t0\t0\t0\n", after = before.Replace("\tpass\t0\t0\t0", "\tpass\t40\t2000\t0", StringComparison.Ordinal);

        Finding finding = Of(before, after, Drops(40));

        Assert.DoesNotContain("tc filter", finding.Title);
        Assert.Equal("No tc filter counted 40 packets dropped on ingress. They may have met a BPF program that tc does not list (tcx): `bpftool net` shows those.", Sentences(finding)[0]);
    }

    [Fact]
    public void A_program_that_counts_nothing_is_shown_and_not_blamed()
    {
        Finding finding = Of(Program + Dropping(10, 0), Program + Dropping(10, 3), Drops(40));

        Assert.DoesNotContain("tc filter", finding.Title);
        Assert.Equal("No tc filter counted the other 37 packets dropped on ingress. They may have met the tc filter pref 9 handle 0x1 of `veth-b` ingress (`bpf policy id 12`), of which no count is known, "
            + "or a BPF program that tc does not list (tcx): `bpftool net` shows those.", Sentences(finding)[1]);
    }

    [Fact]
    public void A_list_that_is_incomplete_says_so()
    {
        const string remark = "# 44 more places were not asked about\n";

        Assert.Equal("No tc filter counted the other 37 packets dropped on ingress. They may have met a filter that is not in the list, which is incomplete, or a BPF program that tc does not list (tcx): "
            + "`bpftool net` shows those.", Sentences(Of(Dropping(10, 0) + remark, Dropping(10, 3) + remark, Drops(40)))[1]);
    }

    [Fact]
    public void A_filter_that_came_meanwhile_is_not_blamed() =>
        Assert.DoesNotContain("tc filter", Of(Dropping(11, 0), Dropping(11, 0) + Dropping(10, 40), Drops(40)).Title);

    [Fact]
    public void A_counter_that_took_far_more_than_was_captured_blames_nobody()
    {
        Finding finding = Of(Dropping(10, 0), Dropping(10, 9_000), Drops(40));

        Assert.DoesNotContain("tc filter", finding.Title);
        Assert.Contains("These counted more than the 40 packets captured on ingress: packets that the capture left out or missed, too.", Sentences(finding));
    }

    [Fact]
    public void An_action_that_filters_share_counts_once()
    {
        string Shared(int drops) => string.Concat(new[] { 10, 11 }.Select(filter => Dropping(filter, drops).Replace($"\t{filter}\tdrop\t", "\t3\tdrop\t", StringComparison.Ordinal)));

        Finding finding = Of(Shared(0), Shared(40), Drops(40));

        Assert.EndsWith("; all by the tc filter pref 10 handle 0x1 of `veth-b` ingress.", finding.Title);
        Assert.Single(Sentences(finding), sentence => sentence.Contains("counted 40", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("filters.tsv\t4026532281\tnetlink: Operation not permitted\n", "netlink: Operation not permitted")]
    [InlineData("2 more network namespaces\t-\tthere was no time\n", "there was no time")]
    public void Filters_that_were_not_listed_are_unknown_and_not_absent(string missing, string why) => Assert.Equal(
        $"Which filter dropped 40 packets on ingress is unknown: the tc filters of their network namespace were not listed ({why}).",
        Sentences(Read(Host, "", "", "6.12.107", missing, Drops(40)).Findings[0])[0]);

    [Fact]
    public void A_kernel_without_reasons_is_believed_the_counts_of_its_filters()
    {
        string before = Dropping(10, 0) + Dropping(12, 0, "veth-b\tegress"), after = Dropping(10, 40) + Dropping(12, 9, "veth-b\tegress");
        Finding finding = Read(Pod, before, after, "5.10.0-46-amd64", null, [.. Drops(40, reason: null), .. Drops(9, Egress, null)]).Findings.Single(finding => finding.Id == "tc-rule");

        Assert.Equal(49, finding.Drops);
        Assert.EndsWith("; 81.6 % by the tc filter pref 10 handle 0x1 of `veth-b` ingress.", finding.Title);
        Assert.Contains(Sentences(finding), sentence => sentence.Contains("of `veth-b` egress", StringComparison.Ordinal));
    }

    // One function drops for tc alone, the other one for others, too: 40 would be all of its drops, but they are few of the 140 of both.
    [Fact]
    public void A_kernel_without_reasons_compares_the_counts_of_filters_with_all_drops_of_their_direction()
    {
        Drop[] drops = [.. Drops(40, reason: null), .. Drops(100, "sch_handle_ingress+0x1/0x2 " + Ingress, null)];

        Assert.Equal(100, Read(Pod, Dropping(10, 0), Dropping(10, 40), "5.10.0-46-amd64", null, drops).Findings.Single(finding => finding.Id == "tc-rule").Drops);
        Assert.Equal(140, Read(Pod, Dropping(10, 0), Dropping(10, 140), "5.10.0-46-amd64", null, drops).Findings.Single(finding => finding.Id == "tc-rule").Drops);
    }

    [Fact]
    public void A_kernel_without_reasons_and_without_counts_leaves_open_who_dropped_packets_that_the_stack_would_take()
    {
        Finding ip = Read(Pod, Program, Program, "5.10.0-46-amd64", null, Drops(40, reason: null)).Findings[0];
        Finding other = Read(Pod, "", "", "5.10.0-46-amd64", null, [.. Drops(40, reason: null).Select(drop => drop with { Headers = new(new() { EtherType = 0x88cc }, null, null) })]).Findings[0];

        Assert.Equal(("mark", "depends"), (ip.Id, $"{ip.Severity}".ToLowerInvariant()));
        Assert.Contains("so something dropped this packet before the stack saw it", ip.Meaning);
        Assert.Equal("unknown-protocol", other.Id);
    }

    [Fact]
    public void Filters_that_dropped_have_a_table_and_so_do_classes_in_the_finding_of_their_queue()
    {
        ReportModel model = Read(Pod, Dropping(10, 0) + Dropping(11, 5), Dropping(10, 40) + Dropping(11, 5), "6.12.107", null, Drops(40));
        ReportTable table = ReportSections.Of(model).Single(section => section.Id == "host").Tables.Single();

        Assert.Equal(["veth-b", "ingress", "10", "0x1", "40", "flower dst_port 10", "gact drop"], table.Rows.Single().Cells.Take(7).Select(cell => cell.Text));
    }

    [Fact]
    public void A_class_that_dropped_is_named_with_its_queue()
    {
        const string head = "interface\tkind\thandle\tparent\tlimit\tsent\tbytes\tdrops\toverlimits\trequeues\tqlen\tbacklog\n";
        string path = _scratch.File("q.db");
        MadePackets.Write(path, Eprobe, writer =>
        {
            foreach ((ArtifactPhase phase, int drops) in new[] { (ArtifactPhase.Before, 1), (ArtifactPhase.After, 5) })
                writer.AddArtifact(phase, Pod, "classes.tsv", Encoding.UTF8.GetBytes($"{head}veth-b\thtb\t1:10\t1:\t-\t0\t0\t{drops}\t0\t0\t0\t0\nveth-b\thtb\t1:20\t1:\t-\t0\t0\t7\t0\t0\t0\t0\n"));
        }, [.. Drops(4, Egress, "QDISC_DROP")]);

        string[] sentences = Sentences(MadeCapture.Read(path).Findings[0]);

        Assert.Equal("The class `1:10` (`htb`) of `veth-b` dropped 4 packets by its own count.", sentences[0]);
        Assert.DoesNotContain(sentences, sentence => sentence.Contains("1:20", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("veth-b\tingress\t12\n", "They may have met the BPF program 12 that tcx attached to `veth-b`, which counts nothing.")]
    [InlineData("", "Nothing else that was listed can have dropped them.")]
    [InlineData("veth-b\tegress\t12\neth0\tingress\t13\n", "Nothing else that was listed can have dropped them.")]
    [InlineData(null, "They may have met a BPF program that tc does not list (tcx): `bpftool net` shows those.")]
    public void Programs_of_tcx_are_named_where_the_host_was_asked_for_them(string? programs, string end)
    {
        string path = _scratch.File("t.db");
        MadePackets.Write(path, Eprobe with { KernelRelease = "6.12.107" }, writer =>
        {
            foreach ((ArtifactPhase phase, int drops) in new[] { (ArtifactPhase.Before, 0), (ArtifactPhase.After, 3) }) writer.AddArtifact(phase, Pod, "filters.tsv", Encoding.UTF8.GetBytes(Head + Dropping(10, drops)));
            if (programs is not null) writer.AddArtifact(ArtifactPhase.Before, Pod, "tcx.tsv", Encoding.UTF8.GetBytes("interface\tdirection\tprogram\n" + programs));
        }, Drops(40));

        Assert.Equal($"No tc filter counted the other 37 packets dropped on ingress. {end}", Sentences(MadeCapture.Read(path).Findings[0])[1]);
    }

    [Theory]
    [InlineData("30", 300, 700, "netem drops packets on purpose: loss 30 %: 300 packets, ")]
    [InlineData("0.5", 300, 700, "An interface's queue is full or rate-limited, and drops packets: ")] // far more than it would lose by chance
    [InlineData("-", 300, 700, "An interface's queue is full or rate-limited, and drops packets: ")]
    public void What_netem_loses_on_purpose_is_said(string loss, int lost, int sent, string title)
    {
        const string head = "interface\tkind\thandle\tparent\tlimit\tsent\tbytes\tdrops\toverlimits\trequeues\tqlen\tbacklog\tloss\n";
        string path = _scratch.File("n.db");
        MadePackets.Write(path, Eprobe, writer =>
        {
            foreach ((ArtifactPhase phase, int n) in new[] { (ArtifactPhase.Before, 0), (ArtifactPhase.After, 1) })
                writer.AddArtifact(phase, Pod, "qdiscs.tsv", Encoding.UTF8.GetBytes($"{head}veth-b\tnetem\t1:\troot\t1000\t{n * sent}\t0\t{5 + (n * lost)}\t0\t0\t0\t0\t{loss}\n"));
        }, [.. Drops(lost, Egress, "QDISC_DROP")]);

        Assert.StartsWith(title, MadeCapture.Read(path).Findings[0].Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(Head + "veth-b\tingress\n")]
    [InlineData(Head + "\t\t\t\t\n\0\uffff")]
    public void Text_that_is_no_table_blames_nobody(string text) => Assert.DoesNotContain("tc filter", Read(Pod, text, text, "6.12.107", null, Drops(4)).Findings[0].Title);

    private static string Dropping(int number, int drops, string place = "veth-b\tingress") => $"{place}\t{number}\tip\t0\tflower\t0x1\tdst_port {number}\tgact\t{number}\tdrop\t{drops}\t{drops}\t{drops}\n";

    private static Drop[] Drops(int count, string frames = Ingress, string? reason = "TC_INGRESS") =>
        [.. Enumerable.Repeat(new Drop(VethB, Udp(1, 2, 40000, 7), $"trace_event_raw_event_kfree_skb+0x6c/0xc0 kfree_skb_reason+0x90/0x130 {frames} __napi_poll+0x31/0x1f0 net_rx_action+0x13b/0x300", reason), count)];

    private Finding Of(string before, string after, Drop[] drops) => Read(Pod, before, after, "6.12.107", null, drops).Findings[0];

    private ReportModel Read(long netns, string before, string after, string release, string? missing, Drop[] drops)
    {
        string path = _scratch.File("c.db");
        File.Delete(path);
        MadePackets.Write(path, Eprobe with { KernelRelease = release }, writer =>
        {
            foreach ((ArtifactPhase phase, string table) in new[] { (ArtifactPhase.Before, before), (ArtifactPhase.After, after) })
                if (table.Length > 0) writer.AddArtifact(phase, netns, "filters.tsv", Encoding.UTF8.GetBytes(table.StartsWith(Head, StringComparison.Ordinal) ? table : Head + table));
            writer.AddArtifact(ArtifactPhase.After, Host, "links.tsv", "interface\tifindex\n"u8);
            if (missing is not null) writer.AddArtifact(ArtifactPhase.After, 0, "missing.tsv", Encoding.UTF8.GetBytes("file\tnetns\twhy\n" + missing));
        }, drops);
        return MadeCapture.Read(path);
    }

    private static string[] Sentences(Finding finding) => [.. finding.Evidence.Select(EvidenceWords.Of)];
}
