using DropForensics.Analyze.Redact;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Comparison;
using static DropForensics.Tests.TestKit.MadeCapture;
using static DropForensics.Tests.TestKit.MadeCounts;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>What two captures do not both say is not compared, and it says why.</summary>
public sealed class ComparabilityTests : TwoCaptures
{
    [Fact]
    public void Without_a_length_of_time_there_are_no_rates_and_it_says_why()
    {
        Make(A, ("NO_SOCKET", 30));
        Write(B, Whole with { Probe = "import", Tool = "analyze import", OpenedNs = null, ClosedNs = null }, [(null, Event(101))]);
        Comparison both = Of(A, B);
        Assert.Equal("How many drops there are in all cannot be compared.", both.Headline);
        Assert.Contains("B has no rates: all it holds happened in one instant", both.Limits);
        Assert.Equal("not_compared", Change(both.Rows("reasons")[0]));

        Write(B, Whole with { TraceClock = "counter", OpenedNs = null, ClosedNs = null }, [(0, Event(101).Replace("101.000000:", "101:") + Event(102).Replace("102.000000:", "102:"))]);
        Assert.Contains("ticks, not time", Of(A, B).Limits);
        Write(B, Whole with { Probe = "import", OpenedNs = null, ClosedNs = null }, []);
        Assert.Contains("B has no rates: it holds no drop", Of(A, B).Limits);
    }

    [Fact]
    public void Drops_are_not_compared_with_hits_of_a_function_nor_hits_of_two()
    {
        Make(A, ("NO_SOCKET", 3));
        Make(B, Whole with { HitsOf = "tcp_v4_rcv" }, ("NO_SOCKET", 3));
        UserError error = Assert.Throws<UserError>(() => Of(A, B));
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains("hits of tcp_v4_rcv", error.Message);
        Assert.Contains("two of the same function", error.Remedy);
        Make(A, Whole with { HitsOf = "udp_rcv" }, ("NO_SOCKET", 3));
        Assert.Throws<UserError>(() => Of(A, B));
        Make(A, Whole with { HitsOf = "tcp_v4_rcv" }, ("NO_SOCKET", 4));
        Assert.Equal("Hits are the same within noise, 0.4/s and 0.3/s.", Of(A, B).Headline);
    }

    [Fact]
    public void What_only_one_of_the_two_was_to_record_is_not_compared()
    {
        Make(A, Whole with { Filter = "reason == 3", CommandLine = "--reason NO_SOCKET" }, ("NO_SOCKET", 100));
        Make(B, ("NO_SOCKET", 20), ("TCP_CSUM", 300));
        Comparison both = Of(A, B);
        Assert.Equal("How many drops there are in all cannot be compared; NO_SOCKET fell from 10/s to 2/s.", both.Headline);
        Assert.Equal("not_compared", Change(both.Row("reasons", "TCP_CSUM")));
        Assert.Contains("A recorded only what matches the filter reason == 3, and B recorded all.", both.Limits);

        Make(B, Whole with { Filter = "reason == 2", CommandLine = "--reason NO_SOCKET", KernelRelease = "6.1.192" }, ("NO_SOCKET", 20)); // renumbered
        Assert.Equal("less", Change(Of(A, B).Total));
        Make(B, Whole with { Filter = "reason != 3", CommandLine = "--exclude-reason NO_SOCKET" }, ("TCP_CSUM", 20));
        Assert.Equal("not_compared", Change(Of(A, B).Row("reasons", "NO_SOCKET")));
        Make(B, Whole with { Filter = "(reason == 3 || reason == 5)", CommandLine = "--reason --reason" }, ("NO_SOCKET", 20)); // as redaction leaves it
        Assert.All(Of(A, B).Rows("reasons"), r => Assert.Equal("not_compared", Change(r)));
    }

    [Fact]
    public void Of_filters_by_interface_that_interface_alone_is_compared()
    {
        MadePackets.Write(A, MadePackets.Eprobe with { Filter = "dev == \"veth-b\"" }, Drops(MadePackets.VethB, 40));
        MadePackets.Write(B, MadePackets.Eprobe, [.. Drops(MadePackets.VethB, 200).Concat(Drops(MadePackets.Eth0, 200)).OrderBy(d => d.AfterNs)]);
        Comparison both = Of(A, B);
        Assert.Equal("more", Change(both.Row("interfaces", "veth-b")));
        Assert.Equal("not_compared", Change(both.Row("interfaces", "eth0")));
        Assert.Equal("not_compared", Change(both.Row("reasons", "NO_SOCKET")));
        Assert.Equal("not_compared", Change(both.Total));
    }

    // What is shown of it is the same word; what it is told apart by is not.
    [Fact]
    public void An_interface_that_is_called_unknown_is_not_the_unknown_one()
    {
        var unknown = new DropInterface(MadePackets.Pod, 11, "unknown");
        MadePackets.Write(A, MadePackets.Eprobe, [.. Drops(unknown, 200)]);
        MadePackets.Write(B, MadePackets.Eprobe, [.. Drops(null, 200)]);
        Assert.Equal(["gone", "new"], Of(A, B).Rows("interfaces").Where(r => r.GetProperty("name").GetString() == "unknown").Select(Change).Order());
    }

    [Fact]
    public void A_kernel_without_reasons_is_compared_by_function()
    {
        Write(A, Whole with { KernelRelease = "5.10.262" }, [(0, File.ReadAllText(Repository.At("fixtures", "traces", "sites-5.10.txt")))]);
        Make(B, ("NO_SOCKET", 40));
        Comparison both = Of(A, B);
        Assert.StartsWith("A has no reasons", both.WhyNot("reasons"));
        Assert.All(both.Rows("reasons"), r => Assert.Equal("not_compared", Change(r)));
        Assert.Equal("unknown", Rate(both.Row("reasons", "NO_SOCKET"), "a")); // and not none
        Assert.Equal("more", Change(both.Row("sites", "tcp_v4_rcv"))); // even if all that A has no function of were of this one
        Assert.Equal("0 to 1/s", Rate(both.Row("sites", "tcp_v4_rcv"), "a"));
        Assert.Contains("tcp_v4_rcv rose from 0–1/s to 4/s", both.Headline);
        Assert.Contains("The kernels differ (Linux 5.10.262 and Linux 6.12.107)", both.Limits);
    }

    [Fact]
    public void A_reason_that_the_other_kernel_lacks_is_not_called_new()
    {
        Make(A, Whole with { KernelRelease = "6.1.192" }, ("NO_SOCKET", 40));
        Make(B, ("NO_SOCKET", 40), ("QDISC_OVERLIMIT", 100), ("0x30002", 50));
        Comparison both = Of(A, B);
        Assert.Equal("not_compared", Change(both.Row("reasons", "QDISC_OVERLIMIT")));
        Assert.Contains("Linux 6.1 of A is not known to have it (since Linux 6.14 at the latest", both.Row("reasons", "QDISC_OVERLIMIT").GetProperty("note").GetString());
        Assert.Equal("not_compared", Change(both.Row("reasons", "number 0x30002")));
        Assert.Equal("more", Change(both.Total));

        Make(A, Whole with { KernelRelease = "7.3.4" }, ("NO_SOCKET", 40));
        Assert.Contains("Linux 7.3 of A calls it QDISC_DROP_OVERLIMIT", Of(A, B).Row("reasons", "QDISC_OVERLIMIT").GetProperty("note").GetString());
    }

    [Fact]
    public void A_tracepoint_that_tells_no_interface_is_compared_by_the_rest()
    {
        Comparison both = Of(Repository.At("fixtures", "captures", "example.db"), Repository.At("fixtures", "captures", "packets.db"));
        Assert.Equal("A has no interfaces: its probe (tracepoint) does not show them; an eprobe does", both.WhyNot("interfaces"));
        Assert.NotNull(both.WhyNot("flows"));
        Assert.Null(both.WhyNot("reasons"));
        Assert.Contains("B: packets.db", Text(Repository.At("fixtures", "captures", "example.db"), Repository.At("fixtures", "captures", "packets.db")));
    }

    [Fact]
    public void Tokens_of_two_redactions_are_not_taken_for_one_another()
    {
        string packets = Repository.At("fixtures", "captures", "packets.db");
        RedactJob.Run(packets, A, TextWriter.Null, CancellationToken.None);
        RedactJob.Run(packets, B, TextWriter.Null, CancellationToken.None);
        Comparison both = Of(A, B);
        Assert.Equal("same", Change(both.Total));
        Assert.StartsWith("both are redacted", both.WhyNot("flows"));
        Assert.Equal("same", Change(both.Row("interfaces", "lo")));
        Assert.All(both.Rows("interfaces").Where(r => r.GetProperty("name").GetString() is not ("lo" or "unknown")), r => Assert.Equal("not_compared", Change(r)));
        Assert.Equal("same", Change(both.Row("services", "UDP to port 7001")));
        Assert.StartsWith("A is redacted", Of(A, packets).WhyNot("flows"));
    }

    [Fact]
    public void A_driver_that_only_one_of_the_two_knows_is_no_change()
    {
        MadePackets.Drop[] veth = Drops(MadePackets.VethB, 40), eth0 = Drops(MadePackets.Eth0, 200);
        MadePackets.Write(A, MadePackets.Eprobe, [.. veth.Concat(Without(eth0)).OrderBy(d => d.AfterNs)]);
        MadePackets.Write(B, MadePackets.Eprobe, [.. veth.Concat(eth0).OrderBy(d => d.AfterNs)]);
        foreach ((string a, string b) in ((string, string)[])[(A, B), (B, A)])
        {
            Comparison both = Of(a, b, 0);
            Assert.Equal("same", Change(both.Total));
            Assert.Equal("open", Change(both.Row("drivers", "e1000")));
            Assert.Equal("0 to 20/s", Rate(both.Row("drivers", "e1000"), a == A ? "a" : "b"));
            Assert.Equal("not_compared", Change(both.Row("drivers", "unknown")));
            Assert.Equal("no", both.Increase.GetProperty("found").GetString());
        }

        // What both do not know hides nothing: 200 of another driver more are more.
        MadePackets.Write(B, MadePackets.Eprobe, [.. veth.Concat(Without(eth0)).Concat(eth0).OrderBy(d => d.AfterNs)]);
        Assert.Equal("new", Change(Of(A, B).Row("drivers", "e1000")));
    }

    [Fact]
    public void Functions_are_compared_by_location_where_one_has_no_stacks()
    {
        string List(bool stacks) => string.Concat(Enumerable.Range(0, 200).Select(i => 100.001 + (i / 20.1)).Select(second =>
            Event(second, "kfree_skb_list_reason+0x1d/0x30", "QDISC_DROP") + (stacks ? Stack(second) : "") + Event(second + 0.01) + (stacks ? Stack(second + 0.01) : "")));
        Write(A, Whole with { Trigger = null }, [(0, List(stacks: false))], (writer, _) => AddCounters(writer));
        Write(B, Whole with { Uuid = Guid.NewGuid().ToString() }, [(0, List(stacks: true))], (writer, _) => AddCounters(writer));
        Comparison both = Of(A, B, 0);
        Assert.Contains("A lacks stacks: the functions of both are those that freed the packets", both.Limits);
        Assert.Equal(["same", "not_compared"], both.Rows("sites").Select(Change));
        Assert.Equal("tcp_v4_rcv", both.Rows("sites")[0].GetProperty("name").GetString());
        Assert.Equal("no", both.Increase.GetProperty("found").GetString());
    }

    [Fact]
    public void A_reason_that_an_older_kernel_does_not_give_is_not_new()
    {
        Make(A, Whole with { KernelRelease = "6.1.192" }, ("NOT_SPECIFIED", 300));
        Make(B, ("NO_SOCKET", 300));
        Comparison both = Of(A, B, 0);
        Assert.Equal(("open", "not_compared"), (Change(both.Row("reasons", "NO_SOCKET")), Change(both.Row("reasons", "NOT_SPECIFIED"))));
        Assert.Equal("possible", both.Increase.GetProperty("found").GetString());
        Assert.Contains("one of the two has drops of unknown kind", both.Increase.GetProperty("sentence").GetString());
        Make(A, ("NOT_SPECIFIED", 300)); // of the same kernel both are what they are
        Assert.Equal("new", Change(Of(A, B).Row("reasons", "NO_SOCKET")));
    }

    private static string Stack(double second)
    {
        string text = EventAndStack(second, "trace_event_raw_event_kfree_skb+0x6c/0xc0 kfree_skb_list_reason+0x1d/0x30 __dev_queue_xmit+0x4bc/0xd00 ip_finish_output2+0xb3/0x180");
        return text[(text.IndexOf('\n') + 1)..];
    }

    /// <summary>The same drops, of which nothing says through which driver they came.</summary>
    private static MadePackets.Drop[] Without(MadePackets.Drop[] drops) => [.. drops.Select(d => d with { At = null, Frames = null })];

    /// <summary>Evenly over the ten seconds of the window.</summary>
    private static MadePackets.Drop[] Drops(DropInterface? at, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new MadePackets.Drop(at, MadePackets.Udp(1, 2, 40000, 9)) { AfterNs = (i * 9_990_000_000L / count) + 1 })];
}
