using System.Text.Json;
using DropForensics.Analyze.Redact;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Comparison;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Diff;

public sealed class DiffTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string A => _scratch.File("a.db");

    private string B => _scratch.File("b.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_answer_is_the_first_line()
    {
        Make(A, ("NO_SOCKET", 812), ("TCP_CSUM", 40));
        Make(B, ("QDISC_DROP", 20), ("TCP_CSUM", 44));
        Assert.Equal("Drops fell from 85.2/s to 6.4/s: NO_SOCKET is gone; QDISC_DROP is new at 2/s.", Text(A, B).Split('\n')[0]);
        Comparison both = Of(A, B);
        Assert.Equal(["gone", "new", "same"], both.Rows("reasons").Select(Change));
        Assert.Equal(ExitCode.Done, both.Code);
    }

    [Fact]
    public void Five_against_three_is_within_noise()
    {
        Make(A, ("NO_SOCKET", 3));
        Make(B, ("NO_SOCKET", 5));
        Comparison both = Of(A, B);
        Assert.Equal("Drops are the same within noise, 0.3/s and 0.5/s.", both.Headline);
        Assert.Equal(186.0 / 256, both.Total.GetProperty("p").GetDouble(), 9);
        Assert.Equal(0.001, both.Json.GetProperty("threshold").GetDouble());
    }

    [Fact]
    public void A_change_that_one_burst_made_says_so()
    {
        Make(A, ("NO_SOCKET", 100));
        Write(B, Whole with { Trigger = null }, [(0, string.Concat(Enumerable.Range(0, 100).Select(i => Event(100.05 + (i / 10.1))))
            + string.Concat(Enumerable.Range(0, 60).Select(i => Event(105 + (i / 1e5), reason: "TCP_CSUM"))))], (writer, _) => AddCounters(writer));
        Comparison both = Of(A, B);
        Assert.Equal("new", Change(both.Row("reasons", "TCP_CSUM")));
        Assert.Contains("in bursts", both.Row("reasons", "TCP_CSUM").GetProperty("note").GetString());

        Write(B, Whole with { Trigger = null }, [(0, string.Concat(Enumerable.Range(0, 60).Select(i => Event(100.05 + (i / 7.0), reason: "TCP_CSUM"))))], (writer, _) => AddCounters(writer));
        Assert.Equal(JsonValueKind.Null, Of(A, B).Row("reasons", "TCP_CSUM").GetProperty("note").ValueKind);
    }

    [Fact]
    public void Windows_of_different_length_are_made_comparable()
    {
        Make(A, ("NO_SOCKET", 100), ("TCP_CSUM", 50));
        Make(B, Whole with { ClosedNs = 120_000_000_000 }, ("NO_SOCKET", 100), ("TCP_CSUM", 100));
        Comparison both = Of(A, B);
        Assert.Equal("less", Change(both.Row("reasons", "NO_SOCKET")));
        Assert.Equal(0.5, both.Row("reasons", "NO_SOCKET").GetProperty("ratio").GetDouble(), 9);
        Assert.Equal("same", Change(both.Row("reasons", "TCP_CSUM")));
    }

    [Fact]
    public void Lost_records_make_ranges_and_decide_nothing_they_could_undo()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, Whole, "CPU:0 [LOST 300 EVENTS]\n", ("NO_SOCKET", 40), ("TCP_CSUM", 400));
        Comparison both = Of(A, B);
        Assert.Equal("4 to 34/s", Rate(both.Row("reasons", "NO_SOCKET"), "b"));
        Assert.Equal("open", Change(both.Row("reasons", "NO_SOCKET")));         // 4/s would be less, 34/s more
        Assert.Equal("new", Change(both.Row("reasons", "TCP_CSUM")));           // 40/s at least
        Assert.Equal(JsonValueKind.Null, both.Row("reasons", "NO_SOCKET").GetProperty("p").ValueKind);
        Assert.Contains("B lacks 300 drops", both.Limits);                      // without stacks each record was one
        Assert.Equal(ExitCode.Incomplete, both.Code);

        both = Of(B, A);
        Assert.Equal("gone", Change(both.Row("reasons", "TCP_CSUM")));
        Assert.Equal("open", Change(both.Row("reasons", "NO_SOCKET")));
    }

    [Fact]
    public void A_loss_that_nobody_could_count_has_no_upper_end()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, Whole, "CPU:0 [LOST EVENTS]\n", ("NO_SOCKET", 20), ("TCP_CSUM", 900));
        Comparison both = Of(A, B);
        Assert.Equal("at least 2/s", Rate(both.Row("reasons", "NO_SOCKET"), "b"));
        Assert.Equal("open", Change(both.Row("reasons", "NO_SOCKET")));
        Assert.Equal("more", Change(both.Total));
        Assert.Contains("no upper end", both.Limits);
    }

    [Fact]
    public void The_kernels_own_count_says_how_many_are_missing()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, Whole with { WitnessDrops = 130, WitnessSlack = 0 }, "CPU:0 [LOST 300 EVENTS]\n", ("NO_SOCKET", 100));
        Comparison both = Of(A, B);
        Assert.Equal("13/s", Rate(both.Total, "b"));                            // all of them are known to have happened
        Assert.Equal("10 to 13/s", Rate(both.Row("reasons", "NO_SOCKET"), "b"));
        Assert.Equal("same", Change(both.Row("reasons", "NO_SOCKET")));         // 130 against 100 is within noise too
    }

    [Fact]
    public void The_same_file_twice_is_said_to_be_one()
    {
        string example = Repository.At("fixtures", "captures", "example.db");
        Comparison both = Of(example, example);
        Assert.Equal("A and B are the same capture: 43.7/s.", both.Headline);
        Assert.All(both.Json.GetProperty("tables").EnumerateArray().SelectMany(t => t.GetProperty("rows").EnumerateArray()).Where(r => Change(r) != "not_compared"), r => Assert.Equal("same", Change(r)));
        Assert.Equal("", both.Limits);
    }

    [Fact]
    public void Nothing_against_nothing_nothing_against_drops_and_back_read_sensibly()
    {
        Make(A);
        Make(B);
        Assert.Equal("No drop in A, and none in B.", Of(A, B).Headline);
        Assert.Equal("A and B are the same capture: no drop.", Of(A, A).Headline);
        Make(B, ("NO_SOCKET", 30));
        Assert.Equal("Drops rose from none to 3/s: NO_SOCKET is new at 3/s.", Of(A, B).Headline);
        Assert.Equal("Drops fell from 3/s to none: NO_SOCKET is gone.", Of(B, A).Headline);
        Assert.Equal(JsonValueKind.Null, Of(A, B).Total.GetProperty("ratio").ValueKind);
    }

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

    [Theory]
    [InlineData(100, 100, 0, "no", ExitCode.Done)]
    [InlineData(100, 110, 0, "no", ExitCode.Done)]              // more, but no more than chance
    [InlineData(100, 200, 0, "yes", ExitCode.Incomplete)]
    [InlineData(100, 200, 150, "no", ExitCode.Done)]            // by 100 percent only
    [InlineData(0, 30, 1000, "yes", ExitCode.Incomplete)]       // of nothing any percentage is less
    [InlineData(200, 100, 0, "no", ExitCode.Done)]
    public void An_increase_is_more_than_chance_and_above_the_percentage(int a, int b, double percent, string found, ExitCode code)
    {
        Make(A, ("NO_SOCKET", a));
        Make(B, ("NO_SOCKET", b));
        Comparison both = Of(A, B, percent);
        Assert.Equal((found, code), (both.Increase.GetProperty("found").GetString(), both.Code));
    }

    [Fact]
    public void A_new_reason_among_falling_drops_is_an_increase()
    {
        Make(A, ("NO_SOCKET", 800));
        Make(B, ("QDISC_DROP", 20));
        Comparison both = Of(A, B, 10);
        Assert.Equal(["QDISC_DROP"], both.Increase.GetProperty("of").EnumerateArray().Select(o => o.GetString()));
        Assert.Contains("QDISC_DROP (none, then 2/s)", Text(A, B, 10));
    }

    [Fact]
    public void An_increase_that_missing_data_may_hide_is_not_ruled_out()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, Whole, string.Concat(Enumerable.Repeat("no line of a trace\n", 200)), ("NO_SOCKET", 50)); // any of them may have been a drop
        Comparison both = Of(A, B, 10);
        Assert.Equal("5 to 25/s", Rate(both.Total, "b"));
        Assert.Equal("possible", both.Increase.GetProperty("found").GetString());
        Assert.Contains("B is incomplete", both.Increase.GetProperty("sentence").GetString());
        Assert.Equal(ExitCode.Incomplete, both.Code);
        Assert.Equal(ExitCode.Done, Of(A, B, 200).Code);        // 25/s are 150 percent more at most

        Make(B, Whole with { Filter = "reason == 3", CommandLine = "--reason NO_SOCKET" }, ("NO_SOCKET", 50));
        Assert.Equal("possible", Of(A, B, 0).Increase.GetProperty("found").GetString());
    }

    private static MadePackets.Drop[] Drops(DropInterface at, int count) =>
        [.. Enumerable.Repeat(new MadePackets.Drop(at, MadePackets.Udp(1, 2, 40000, 9)), count)];

    private static void Make(string path, params (string Reason, int Drops)[] drops) => Make(path, Whole, "", drops);

    private static void Make(string path, CaptureRow row, params (string Reason, int Drops)[] drops) => Make(path, row, "", drops);

    private static void Make(string path, CaptureRow row, string loss, params (string Reason, int Drops)[] drops) => Write(
        path, row with { Trigger = null, Uuid = Guid.NewGuid().ToString() },
        [(0, string.Concat(drops.SelectMany(d => Enumerable.Repeat(d.Reason, d.Drops)).Select((reason, i) => Event(100.001 + (i / 1000.0), reason: reason))) + loss)],
        (writer, _) =>
        {
            AddCounters(writer);
            if (row.WitnessDrops is { } counted) writer.AddWitnessCount(0, counted);
        });
}
