using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Follow;
using DropForensics.Analyze.Redact;
using DropForensics.Core;
using DropForensics.Core.Filters;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Follow;

/// <summary>What <c>analyze follow</c> prints of captures whose lines are given here, and what a report has of them.</summary>
public sealed class FollowTests : IDisposable
{
    // Over a pair of interfaces, a bridge and an interface on top of another one, to the drop; the second packet has the first one's memory.
    private static readonly string Way = string.Concat(
        Line(1, '.', 101.000001, "net_dev_queue: dev=s0 skbaddr=ffff88810a88f600 len=142"),
        Line(1, '.', 101.000003, "net_dev_start_xmit: dev=s0 queue_mapping=0 skbaddr=ffff88810a88f600 vlan_tagged=0 len=142 data_len=0"),
        Line(1, '.', 101.000004, "netif_rx: dev=p0 skbaddr=ffff88810a88f600 len=128"),
        Line(1, '.', 101.000005, "net_dev_xmit: dev=s0 skbaddr=ffff88810a88f600 len=142 rc=0"),
        Line(0, 's', 101.000010, "netif_receive_skb: dev=p0 skbaddr=ffff88810a88f600 len=128"),
        Line(0, 's', 101.000012, "netif_receive_skb: dev=br0 skbaddr=ffff88810a88f600 len=128"),
        Line(0, 's', 101.000020, "net_dev_queue: dev=m1.7 skbaddr=ffff88810a88f600 len=142"),
        Line(0, 's', 101.000021, "net_dev_start_xmit: dev=m1.7 queue_mapping=0 skbaddr=ffff88810a88f600 vlan_tagged=0 len=142 data_len=0"),
        Line(0, 's', 101.000022, "net_dev_queue: dev=m1 skbaddr=ffff88810a88f600 len=142"),
        Line(0, 's', 101.000023, Drop("ffff88810a88f600", "QDISC_DROP")),
        Line(0, 's', 101.000024, "consume_skb: skbaddr=ffff88810a88f600 location=arp_process+0x328/0x9d0"));

    private readonly ScratchDirectory _scratch = new();

    private string File => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_way_is_printed_stop_by_stop_with_the_time_between()
    {
        Write(Way);
        string[] lines = Followed();
        Assert.Equal("The way of the drop is known.", lines[0]);
        Assert.Equal("  1  s0 > p0 > br0 > m1.7 > m1 > QDISC_DROP in udp_rcv", lines[2]);
        Assert.StartsWith("+1.000023 CPU 0 QDISC_DROP in udp_rcv", lines[4], StringComparison.Ordinal);
        Assert.Equal(
            [
                "s0 net_dev_queue 142 B CPU 1",
                "+2 µs #### s0 net_dev_start_xmit 142 B CPU 1",
                "+1 µs ## p0 netif_rx 128 B CPU 1",
                "+6 µs ############ p0 netif_receive_skb 128 B CPU 0",
                "+2 µs #### br0 netif_receive_skb 128 B CPU 0",
                "+8 µs ################ m1.7 net_dev_queue 142 B CPU 0",
                "+1 µs ## m1.7 net_dev_start_xmit 142 B CPU 0",
                "+1 µs ## m1 net_dev_queue 142 B CPU 0",
                "+1 µs ## kfree_skb CPU 0 dropped",
            ],
            lines[5..].Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public void JSON_lines_have_the_columns_of_the_view_drops_and_the_stops()
    {
        Write(Way + Line(0, 's', 102, Drop("ffff88810a88f600", "NO_SOCKET")));
        JsonElement[] drops = [.. Followed(json: true).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(2, drops.Length);
        JsonElement stop = drops[0].GetProperty("stops")[1];
        Assert.Equal("net_dev_start_xmit s0 1000003000 1 2 142 0 True", string.Join(' ', stop.EnumerateObject().Select(each => each.Value)));
        Assert.Equal(["event", "interface", "t_ns", "cpu", "raw_line", "length", "result", "sure"], stop.EnumerateObject().Select(each => each.Name));
        Assert.Equal("here", drops[0].GetProperty("beginning").GetString());
        Assert.Equal("NO_SOCKET", drops[1].GetProperty("reason").GetString());
        Assert.Equal(1, drops[1].GetProperty("stops").GetArrayLength()); // the memory of a packet that was freed
    }

    [Theory]
    [InlineData("interface br0", 1)]       // passed
    [InlineData("interface m1", 1)]
    [InlineData("interface eth9", 0)]
    [InlineData("reason NO_SOCKET", 1)]
    public void The_words_choose_among_the_drops_and_an_interface_is_one_that_was_passed(string words, int drops)
    {
        Write(Way + Line(0, 's', 102, Drop("ffff888100000000", "NO_SOCKET")), words);
        Assert.Equal(drops, Followed(json: true).Length);
        Assert.Equal(drops, MadeCapture.Read(File).Facts.Ways?.Drops);
        Assert.Equal(2, Followed(json: true, filter: "ip").Length); // instead of those of the capture
    }

    [Fact]
    public void A_way_does_not_go_over_lost_records_and_says_so()
    {
        string[] cpu0 = [.. Lines(0)];
        MadeCapture.Write(File, MadeCapture.Whole, [(1, string.Concat(Lines(1))), (0, Line(0, 's', 100.9, "consume_skb: skbaddr=ffff888100000000 location=x+0x1/0x2") + "CPU:0 [LOST 4 EVENTS]\n" + string.Concat(cpu0.Skip(2)))]);
        PacketWays ways = Ways();
        Assert.Equal((1, 1), (ways.Drops, ways.Cut));
        Assert.Equal(["m1.7", "m1.7", "m1", null], ways.First[0].Way.Stops.Select(stop => stop.Interface));
        Assert.Contains("    May have begun earlier: records are missing before this.", Followed());
    }

    [Fact]
    public void Drops_without_a_stop_are_told_apart_by_why_they_have_none()
    {
        MadeCapture.Write(File, MadeCapture.Whole, [(0, Line(0, 's', 100.9, Drop("ffff888100000000", "NO_SOCKET")) + "CPU:0 [LOST 4 EVENTS]\n" + Line(0, 's', 101, Drop("ffff888100000100", "NO_SOCKET"))
            + Line(0, '.', 101.1, Drop("ffff888100000100", "NO_SOCKET")) + Line(0, '.', 101.2, Drop("ffff888100000100", "QUEUE_PURGE")) + Line(0, '.', 101.3, "netif_rx: dev=p0 skbaddr=ffff88810a88f600 len=128"))]);
        string[] lines = Followed();
        Assert.Equal(
            "The way of 0 of 4 drops is known; of the others, of 1 the beginning is missing, because records were lost or only a sample was recorded; 1 had waited in a socket or a queue; 2 were dropped before their first stop.",
            lines[0]);
        Assert.Contains("  1  (beginning missing) > NO_SOCKET in udp_rcv", lines);
        Assert.Contains("  2  NO_SOCKET in udp_rcv", lines);
        Assert.Equal(["gap", "here", "here", "waited"], Followed(json: true).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("beginning").GetString()!).Order(StringComparer.Ordinal)); // each has one
    }

    [Fact]
    public void A_filter_that_nothing_matches_does_not_make_the_capture_empty()
    {
        Write(Way);
        Assert.Equal("No drop matches the filter.", Followed(filter: "interface nope")[0]);
    }

    [Fact]
    public void Ways_that_are_printed_alike_are_one()
    {
        Write(
            Line(0, 's', 101, "netif_rx: dev=p0 skbaddr=ffff88810a88f600 len=128") + Line(0, 's', 101.000001, Drop("ffff88810a88f600", "NO_SOCKET"))
            + Line(0, 's', 102, "netif_receive_skb: dev=p0 skbaddr=ffff88810a88f600 len=128") + Line(0, 's', 102.000001, Drop("ffff88810a88f600", "NO_SOCKET")));
        Assert.Equal("  2  p0 > NO_SOCKET in udp_rcv", Followed()[2]);
    }

    [Fact]
    public void A_way_does_not_go_over_a_time_in_which_the_gate_was_shut()
    {
        var spans = new SampledSpans();
        spans.Add(0, 1_000_005_500, 10, 0);
        spans.Add(1_000_015_000, 2_000_000_000, 10, 0);
        MadeCapture.Write(File, MadeCapture.Whole, Streams(Way), (writer, _) =>
        {
            foreach ((string path, byte[] content) in spans.Changed()) writer.AddArtifact(ArtifactPhase.After, 0, path, content);
        });
        PacketWays ways = Ways();
        Assert.Equal(1, ways.Cut);
        Assert.Equal("m1.7", ways.First[0].Way.Stops[0].Interface);
    }

    [Fact]
    public void A_packet_that_waited_in_the_stack_may_be_another_one_and_is_marked()
    {
        Write(
            Line(0, 's', 101, "netif_receive_skb: dev=eth0 skbaddr=ffff88810a88f600 len=128")
            + Line(0, '.', 102, Drop("ffff88810a88f600", "SOCKET_CLOSE")));
        Assert.Equal(1, Ways().Unsure);
        Assert.Contains(Followed(), line => line.EndsWith("dropped, the stops before may be of another packet", StringComparison.Ordinal));
    }

    [Fact]
    public void A_redacted_capture_keeps_the_ways_and_not_the_names()
    {
        Write(Way, "interface br0");
        string redacted = _scratch.File("r.db");
        RedactJob.Run(File, redacted, TextWriter.Null, CancellationToken.None);
        WayStop[] before = Stops(File), after = Stops(redacted);
        Assert.Equal(before.Select(stop => (stop.Kind, stop.TNs, stop.Cpu, stop.Length, stop.Result)), after.Select(stop => (stop.Kind, stop.TNs, stop.Cpu, stop.Length, stop.Result)));
        Assert.Equal(before.Select(stop => stop.Interface).Distinct().Count(), after.Select(stop => stop.Interface).Distinct().Count());
        Assert.DoesNotContain("br0", Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(redacted)), StringComparison.Ordinal);
        Assert.Empty(after.Select(stop => stop.Interface).OfType<string>().Intersect(before.Select(stop => stop.Interface).OfType<string>()));

        static WayStop[] Stops(string file) => [.. Assert.Single(MadeCapture.Read(file).Facts.Ways!.First).Way.Stops]; // it followed packets
    }

    [Fact]
    public void A_capture_without_ways_is_refused_with_what_to_do()
    {
        MadeCapture.Write(File, MadeCapture.Whole, [(0, MadeCapture.Event(101))]);
        Assert.Equal("Record it: capture --follow all", Assert.Throws<UserError>(() => Followed()).Remedy);
        Assert.Null(MadeCapture.Read(File).Facts.Ways);
    }

    [Fact]
    public void A_merged_text_is_joined_too()
    {
        MadeCapture.Write(File, MadeCapture.Whole, [(null, Way)]);
        Assert.Equal(9, Ways().First[0].Way.Stops.Count);
    }

    private static string Line(int cpu, char context, double second, string text) => string.Create(null, $"{"sender",16}-{(context == 's' ? 0 : 77),-7} [{cpu:d3}] b.{context}1. {second,12:0.000000}: {text}\n");

    private static string Drop(string address, string reason) => $"kfree_skb: skbaddr={address} rx_sk=0000000000000000 protocol=2048 location=udp_rcv+0x1/0x2 reason: {reason}";

    private static IEnumerable<string> Lines(int cpu) => Way.Split('\n').Where(line => line.Contains($"[{cpu:d3}]", StringComparison.Ordinal)).Select(line => line + "\n");

    private static IEnumerable<(int? Cpu, string Text)> Streams(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).GroupBy(line => int.Parse(line.AsSpan(line.IndexOf('[') + 1, 3), null)).Select(cpu => ((int?)cpu.Key, string.Concat(cpu.Select(line => line + "\n"))));

    private void Write(string text, string? words = null) => MadeCapture.Write(File, MadeCapture.Whole, Streams(text), (writer, _) =>
    {
        if (words is not null) writer.AddArtifact(ArtifactPhase.Before, 0, FollowedPackets.Path, Encoding.UTF8.GetBytes(words));
    });

    private PacketWays Ways() => MadeCapture.Read(File).Facts.Ways!; // the capture followed packets

    private string[] Followed(bool json = false, string? filter = null)
    {
        using var output = new MemoryStream();
        Assert.Equal(ExitCode.Done, FollowJob.Run(new FollowOptions(File, filter, 10, json), output, TextWriter.Null, CancellationToken.None));
        return Encoding.UTF8.GetString(output.ToArray()).TrimEnd('\n').Split('\n', json ? StringSplitOptions.RemoveEmptyEntries : StringSplitOptions.None);
    }
}
