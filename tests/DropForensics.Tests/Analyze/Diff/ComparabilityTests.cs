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
        MadePackets.Write(B, MadePackets.Eprobe, [.. Drops(MadePackets.VethB, 200), .. Drops(MadePackets.Eth0, 200)]);
        Comparison both = Of(A, B);
        Assert.Equal("more", Change(both.Row("interfaces", "veth-b")));
        Assert.Equal("not_compared", Change(both.Row("interfaces", "eth0")));
        Assert.Equal("not_compared", Change(both.Row("reasons", "NO_SOCKET")));
        Assert.Equal("not_compared", Change(both.Total));
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
        Assert.Equal("new", Change(both.Row("sites", "tcp_v4_rcv")));
        Assert.Contains("tcp_v4_rcv is new at 4/s", both.Headline);
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
        Assert.Equal("A does not tell a packet's interface, for its probe (tracepoint) does not; an eprobe does", both.WhyNot("interfaces"));
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

    private static MadePackets.Drop[] Drops(DropInterface at, int count) =>
        [.. Enumerable.Repeat(new MadePackets.Drop(at, MadePackets.Udp(1, 2, 40000, 9)), count)];
}
