using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.Analyze.Findings;

/// <summary>What is said where interface and headers are known, where no drop has a reason, and where no drops were counted at all.</summary>
public sealed class PacketVerdictTests : IDisposable
{
    private static readonly CaptureRow Old = Eprobe with { Probe = "kprobe", KernelRelease = "5.10.262" };

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_answer_names_what_the_packets_were_for_and_where_they_arrived()
    {
        Verdict verdict = Of(Eprobe, new Drop(VethB, Udp(1, 2, 40000, 9)), new Drop(VethB, Udp(1, 2, 40001, 9))).Verdict;
        Assert.Equal("No socket takes these packets: 2 packets, 100 % of all; UDP to port 9, arriving through `veth-b` (`veth`).", verdict.Headline);
        Assert.Equal("2 packets dropped in 10 s.", verdict.Counted);
        Assert.Equal("All by `__udp4_lib_rcv`, reason `NO_SOCKET`.", verdict.Cause);
        Assert.Null(verdict.Way);
        Assert.Null(verdict.Note);
    }

    [Fact]
    public void What_is_true_of_most_only_is_said_of_most()
    {
        Drop most = new(VethB, Udp(1, 2, 40000, 9));
        Assert.EndsWith(
            "100 % of all; mostly UDP to port 9, arriving through `veth-b` (`veth`).",
            Of(Eprobe, most, most, new Drop(Eth0, Udp(1, 2, 40000, 53))).Verdict.Headline);
        Assert.EndsWith("100 % of all.", Of(Eprobe, most, new Drop(Eth0, Udp(1, 2, 40000, 53))).Verdict.Headline);
    }

    [Fact]
    public void A_packet_on_its_way_out_did_not_arrive()
    {
        const string sending = "trace_event_raw_event_kfree_skb+0x6c/0xc0 kfree_skb_reason+0x90/0x130 some_xmit+0x4bc/0xd00 __x64_sys_sendto+0x8/0x13 do_syscall_64+0x31/0x1f0";
        Assert.EndsWith("; at interface `eth0` (`e1000`).", Of(Eprobe, new Drop(Eth0, Frames: sending)).Verdict.Headline);
        Assert.EndsWith("; at interface `wg0`.", Of(Eprobe, new Drop(Nameless, Frames: sending)).Verdict.Headline);
    }

    [Fact]
    public void A_driver_known_by_a_functions_name_only_is_likely() => Assert.Contains(
        "arriving through `wg0` (likely `e1000`).", Of(Eprobe, new Drop(Nameless, Frames: MadeCapture.E1000.Replace(" [e1000]", ""))).Verdict.Headline);

    [Fact]
    public async Task Where_no_drop_has_a_reason_functions_stand_in_for_them()
    {
        Drop[] drops = [new(VethB, Reason: null), new(VethB, Reason: null, Frames: null)];
        ReportModel model = Of(Old, writer => writer.AddArtifact(ArtifactPhase.Before, 0, "events/skb/kfree_skb/format",
            File.ReadAllBytes(Repository.At("fixtures", "formats", "kfree_skb-5.10.txt"))), drops);
        Assert.StartsWith("This kernel, 5.10.262, has no drop reasons: they came with Linux 5.17.", model.Verdict.Note);
        Assert.Equal("No single cause: 2 sites; most by `__udp4_lib_rcv`: 50.0 %.", model.Verdict.Cause);
        Assert.Equal("function", model.Facts.Timeline.By);
        Assert.Equal(["__udp4_lib_rcv", "tcp_v4_rcv"], model.Facts.Timeline.Series.Select(s => s.Function));
        Assert.Equal([Palette.Reasons[0], Palette.Reasons[1]], model.Facts.Sites.Select(s => model.Colours.Of(model.ColourName(s))));
        string page = await HtmlReport.RenderAsync(model);
        Assert.Contains("Functions instead of reasons", page);
        Assert.DoesNotContain("not given", page);
        Assert.All(ReportPictures.Names, name => Assert.DoesNotContain("not given", DrawnPicture.Lines(model, name)));
    }

    [Fact]
    public void Without_the_kernels_format_it_is_not_said_that_the_kernel_has_no_reasons() =>
        Assert.StartsWith("No drop has a reason.", Of(Old, new Drop(VethB, Reason: null)).Verdict.Note);

    [Fact]
    public void Functions_past_the_twentieth_are_one_series_and_no_drop_is_lost()
    {
        MadeCapture.Write(Path, Old, [(0, string.Concat(Enumerable.Range(0, 30).Select(i => MadeCapture.Event(101, $"fn_{i:d2}+0x1/0x2"))))]);
        MadeCapture.Change(Path, "UPDATE drop_event SET reason_id = NULL; DELETE FROM reason");
        var series = MadeCapture.Read(Path).Facts.Timeline.Series;
        Assert.Equal((21, "10 other functions", 30L), (series.Count, series[^1].Function, series.Sum(s => s.Drops.Sum())));
    }

    [Fact]
    public async Task Hits_of_a_function_are_never_called_drops()
    {
        CaptureRow row = Old with { HitsOf = "ip_rcv", WitnessDrops = 2, Filter = "len > 5" };
        ReportModel model = Of(row, new Drop(VethB, Udp(1, 2, 40000, 9), Reason: null), new Drop(VethB, Udp(1, 2, 40000, 9), Reason: null));
        Assert.Equal("2 hits of `ip_rcv` that match the filter `len > 5` in 10 s.", model.Verdict.Headline);
        Assert.Contains("may not have been dropped", model.Verdict.Note);
        Assert.Contains("The kernel itself counted 2 hits, and 2 were captured.", model.Verdict.Completeness.Evidence);
        Assert.Contains("Only hits that match", string.Join(' ', model.Verdict.Completeness.Evidence));
        string page = await HtmlReport.RenderAsync(model);
        Assert.Contains("Hits of ip_rcv by function", page);
        foreach (string word in new[] { ">Drops<", "Drops by", "captured drop", "No drop", "decided to drop", "packets dropped", "Packet drops" })
            Assert.DoesNotContain(word, page);
        foreach (string name in ReportPictures.Names)
            Assert.DoesNotMatch(@"(?<!be )\b[Dd]rops?\b", DrawnPicture.Lines(model, name));
        Assert.Equal("`ip_rcv` was not hit in 10 s.", Of(row with { Filter = null, WitnessDrops = 0 }).Verdict.Headline);
    }

    [Theory]
    [InlineData("tracepoint", null, "an eprobe does")]
    [InlineData("function", null, "an eprobe does")]
    [InlineData("eprobe", "none", "packet bytes were not requested")]
    [InlineData("eprobe", "headers", "no packet's headers could be read")]
    public async Task Unknown_flows_say_why(string probe, string? packets, string why)
    {
        ReportModel model = Of(Eprobe with { Probe = probe, Packets = packets }, new Drop(null));
        Assert.Contains(why, System.Net.WebUtility.HtmlDecode(await HtmlReport.RenderAsync(model)));
        Assert.Contains(why.Split(' ')[^1].TrimEnd('.'), DrawnPicture.Lines(model, "summary.png"));
    }

    [Fact]
    public void The_summary_picture_shows_the_flows_and_the_drivers_interfaces()
    {
        ReportModel model = Of(Eprobe, new Drop(VethB, Udp(1, 2, 40000, 9)), new Drop(VethB, new PacketHeaders(V4(1, 3, 17, 5000, 4789), "vxlan", V4(7, 8, 6, 40000, 80))));
        string texts = DrawnPicture.Lines(model, "summary.png");
        Assert.Contains("10.0.0.1:40000 → 10.0.0.2:9", texts);
        Assert.Contains("UDP · veth-b", texts);
        Assert.Contains("VXLAN with TCP", texts);
    }

    [Fact]
    public async Task The_page_says_how_it_was_captured_and_which_bytes_were_zeroed()
    {
        Write(Path, Eprobe, new Drop(VethB, Udp(1, 2, 40000, 9)));
        MadeCapture.Change(Path, "INSERT INTO raw_chunk (cpu, codec, first_line, lines, size, masked, sha256, data) VALUES (1, 'text', 1, 0, 0, 1, x'00', x'')");
        string page = System.Net.WebUtility.HtmlDecode(await HtmlReport.RenderAsync(MadeCapture.Read(Path)));
        Assert.Contains(Eprobe.ProbeDefinition!, page);
        Assert.Contains("headers only", page);
        Assert.Contains("zeroed on the host before they were stored: in 1 chunk of raw text", page);
    }

    [Theory]
    [InlineData("text", "text, as the kernel printed it")]
    [InlineData("both", "text at low rates, pages at high rates")]
    [InlineData("pages", "pages: the agent rendered the lines")]
    [InlineData(null, "the agent did not record it")]
    public async Task The_page_says_whose_lines_the_raw_text_is_made_of(string? transport, string says)
    {
        string page = await HtmlReport.RenderAsync(Of(Eprobe with { Transport = transport }, new Drop(VethB, Udp(1, 2, 40000, 9))));
        Assert.Contains(says, page);
    }

    private ReportModel Of(CaptureRow row, params Drop[] drops)
    {
        Write(Path, row, drops);
        return MadeCapture.Read(Path);
    }

    private ReportModel Of(CaptureRow row, Action<CaptureWriter> more, params Drop[] drops)
    {
        Write(Path, row, more, drops);
        return MadeCapture.Read(Path);
    }
}
