using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>
/// Real kernels, booted by tests/kernels/run with the published agent: what was sent there is known to the packet, and so must
/// the capture know it.
/// </summary>
public sealed partial class KernelMatrixTests
{
    public static TheoryData<string> Kernels => [.. MatrixKernel.All.Select(kernel => kernel.Name)];

    public static TheoryData<string, string> Runs => [.. ProbeAbilities.Runs];

    public static TheoryData<string, string> PacketRuns =>
        [.. ProbeAbilities.Runs.Where(run => TrafficOf(run.Kernel) == "packets" && !ProbeAbilities.Of(run.Kernel, run.Run).RecordsCalls)];

    public static TheoryData<string> PacketKernels => [.. Kernels.Select(row => row.Data).Where(kernel => TrafficOf(kernel) == "packets")];

    public static TheoryData<string> KernelsWithCalls => KernelsOf("calls");

    public static TheoryData<string> KernelsWithCallers => KernelsOf("callers");

    public static TheoryData<string> KernelsWithOthers => KernelsOf("beside-tracepoint");

    public static TheoryData<string, string> DriverRuns => [.. ProbeAbilities.Runs.Where(run => TrafficOf(run.Kernel) == "drivers")];

    public static TheoryData<string, string, string> Transports =>
        [.. ProbeAbilities.Runs.Select(run => (run.Kernel, run.Run, Option(run, "--transport") ?? "")).Where(run => run.Item3.Length > 0)];

    public static TheoryData<string, string> Filtered => RunsOf("filtered");

    public static TheoryData<string, string> WithoutPackets => RunsOf("no-packets");

    // A run with the packets in full, and one of the same probe without.
    public static TheoryData<string, string, string, bool> Payloads =>
        [.. ProbeAbilities.Runs.Where(run => run.Run == "payload").Select(run => (run.Kernel, run.Run, Probe: Option(run, "--probe") ?? ""))
            .SelectMany(run => new[] { (run.Kernel, run.Run, run.Probe, true), (run.Kernel, run.Probe, run.Probe, false) })];

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_capture_is_complete(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        Assert.True(ran.ExitCode == "0", ran.Log);
        Assert.StartsWith("complete", ran.Result.GetProperty("verdict").GetString());
        Assert.Equal(ran.Result.GetProperty("witness_drops").GetInt64(), ran.Result.GetProperty("drops").GetInt64());
        Assert.Equal(0, ran.Result.GetProperty("lost").GetInt64());
        Assert.Equal(0, ran.Result.GetProperty("unparsed").GetInt64());
        Assert.Equal(0, ran.Result.GetProperty("not_restored").GetArrayLength());
        Assert.False(File.Exists($"{ran.Database}-wal"));
        Assert.Equal("ok", Db.Scalar<string>(ran.Database, "PRAGMA integrity_check"));
        Assert.Equal(ran.Result.GetProperty("drops").GetInt64(), Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops"));
    }

    [Theory]
    [MemberData(nameof(PacketRuns))]
    public void Every_packet_sent_is_one_drop_of_its_kind(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        var expected = ran.Expected(ProbeAbilities.Of(kernel, run));
        var captured = ran.Captured();

        Assert.NotEmpty(expected);
        var wrong = expected.Where(kind => captured.GetValueOrDefault(kind.Key) != kind.Value)
            .Select(kind => $"{kind.Value} sent, {captured.GetValueOrDefault(kind.Key)} captured: {kind.Key}");
        Assert.True(!wrong.Any(), string.Join('\n', [.. wrong, "captured beside what was sent:", .. Others(captured, expected)]));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void A_capture_is_read_as_it_was_asked_for(string kernel, string run, string transport) =>
        Assert.Equal(transport, Db.Scalar<string>(new MatrixRun(Requires.KernelResults(kernel), kernel, run).Database, "SELECT transport FROM capture"));

    [Theory]
    [MemberData(nameof(Filtered))]
    public void A_filter_lets_nothing_else_through(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        Assert.Equal([["NO_SOCKET", "veth1"]], Db.Texts(ran.Database, "SELECT DISTINCT reason, interface FROM drops"));
        Assert.Equal(ran.Expected(ProbeAbilities.Of(kernel, run)).Values.Sum(), Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops"));
    }

    // The traffic's payload is the word dropgen, again and again; a word of 64 bits holds most of one.
    [Theory]
    [MemberData(nameof(Payloads))]
    public void Payload_is_stored_only_when_asked_for(string kernel, string run, string probe, bool stored)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        Assert.Equal([[probe, stored ? "full" : "headers"]], Db.Texts(ran.Database, "SELECT probe, packets FROM capture"));
        Assert.Equal(stored, PayloadWord().IsMatch(ran.Raw));
        Assert.Contains(" pkt96={0x", ran.Raw);
        Assert.Equal(1L, Db.Scalar<long>(ran.Database, "SELECT min(masked) FROM raw_chunk"));
    }

    [Theory]
    [MemberData(nameof(WithoutPackets))]
    public void Without_packets_the_kernel_is_not_asked_for_any(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        Assert.DoesNotContain(" pkt96", ran.Raw);
        Assert.DoesNotContain(" pkt96", Db.Scalar<string>(ran.Database, "SELECT probe_definition FROM capture"));
        Assert.Equal("none", Db.Scalar<string>(ran.Database, "SELECT packets FROM capture"));
    }

    [Theory]
    [MemberData(nameof(KernelsWithCalls))]
    public void Calls_of_a_function_are_recorded_with_their_stacks_and_packets(string kernel)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, "calls");

        var sent = ran.Sent().Single(row => row[0] == "icmp-csum");
        Assert.Equal("icmp_rcv", Db.Scalar<string>(ran.Database, "SELECT hits_of FROM capture"));
        Assert.Equal(
            [["icmp_rcv", sent[1], sent[5], sent[6], "8", sent[9]]],
            Db.Texts(ran.Database, $"SELECT function, interface, src, dst, icmp_type, count(*) FROM drops WHERE src = '{sent[5]}' GROUP BY 1, 2, 3, 4, 5"));
        Assert.Equal(["icmp_rcv"], Db.Rows<string>(ran.Database, "SELECT DISTINCT symbol FROM frames WHERE depth = 0"));
        Assert.Equal(0L, Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops WHERE stack_id IS NULL OR reason IS NOT NULL"));
    }

    [Theory]
    [MemberData(nameof(KernelsWithCallers))]
    public void The_function_tracer_tells_the_callers_of_a_function(string kernel)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, "callers");

        Assert.Equal([["icmp_rcv", "function"]], Db.Texts(ran.Database, "SELECT hits_of, probe FROM capture"));
        Assert.Equal(["ip_protocol_deliver_rcu"], Db.Rows<string>(ran.Database, "SELECT DISTINCT function FROM drops"));
        var calls = Db.Scalar<long>(new MatrixRun(Requires.KernelResults(kernel), kernel, "calls").Database, "SELECT count(*) FROM drops");
        Assert.Equal(calls, Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops"));
    }

    [Theory]
    [MemberData(nameof(KernelsWithOthers))]
    public void Captures_beside_each_other_leave_another_tool_alone(string kernel)
    {
        var results = Requires.KernelResults(kernel);

        var armed = TsvFile.Rows(Path.Combine(results, "foreign.tsv")).ToList();
        Assert.Contains(armed, row => row[0] == "kprobe_events" && row[1].Contains("p:foreign/calls icmp_rcv"));
        Assert.Contains(armed, row => row[0].EndsWith("calls/enable", StringComparison.Ordinal) && row[1].StartsWith('1'));
        Assert.All(armed, row => Assert.Equal(row[1], row[2]));

        var counted = TsvFile.Rows(Path.Combine(results, "foreign-counts.tsv")).ToDictionary(row => row[0], row => row[1]);
        var ours = new MatrixRun(results, kernel, "beside-tracepoint");
        Assert.Equal(Db.Texts(ours.Database, "SELECT count(*) FROM drops").Single()[0], counted["kfree_skb"]);
        Assert.Equal(ours.Sent().Single(row => row[0] == "icmp-csum")[9], counted["calls"], CallsAtLeast);
    }

    // Drops of sent packets, which some drivers free as if they had dropped them, are not asked about.
    [Theory]
    [MemberData(nameof(DriverRuns))]
    public void Every_packet_is_dropped_behind_the_driver_at_the_bottom(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        var expected = ran.ExpectedDrivers(ProbeAbilities.Of(kernel, run));
        var captured = ran.CapturedDrivers();

        Assert.Equal(DriverDecision.All.Select(row => row.Case).Order(), ran.Sent().Select(row => row[0]).Order());
        var wrong = expected.Where(kind => captured.GetValueOrDefault(kind.Key) != kind.Value)
            .Select(kind => $"{kind.Value} sent, {captured.GetValueOrDefault(kind.Key)} captured: {kind.Key}");
        Assert.True(!wrong.Any(), string.Join('\n', [.. wrong, "captured beside what was sent:", .. Others(captured, expected)]));
    }

    [Theory]
    [MemberData(nameof(DriverRuns))]
    public void An_interface_stands_on_what_it_was_put_on_wherever_that_is(string kernel, string run)
    {
        var interfaces = new MatrixRun(Requires.KernelResults(kernel), kernel, run).Interfaces();

        Assert.All(TsvFile.Matrix("interfaces.tsv"), row => Assert.Equal((row[0], row[1], row[2], row[3]), Assert.Single(interfaces, found => found.Name == row[0])));
    }

    [Fact]
    public void Each_network_card_of_the_drivers_kernel_has_a_case_of_its_own()
    {
        var cards = TsvFile.Matrix("nics.tsv").Where(row => row[2] == "-").Select(row => $"card-{row[1]}");

        Assert.Equal(cards.Order(), DriverDecision.All.Select(row => row.Case).Where(name => name.StartsWith("card-")).Order());
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_kernel_is_the_one_asked_for(string kernel)
    {
        var results = Requires.KernelResults(kernel);

        var release = TsvFile.Rows(Path.Combine(results, "facts.tsv")).Single(row => row[0] == "kernel")[1];

        Assert.StartsWith($"{kernel.Split('-')[0]}.", release);
        var machine = MatrixKernel.Of(kernel).Architecture == "arm64" ? "aarch64" : "x86_64";
        Assert.Equal([[release, machine]], Db.Texts(Path.Combine(results, "tracepoint.db"), "SELECT kernel_release, machine FROM capture"));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Doctor_says_that_the_captures_which_then_ran_can_be_made(string kernel)
    {
        var results = Requires.KernelResults(kernel);

        var said = File.ReadAllText(Path.Combine(results, "doctor.txt"));
        Assert.True(File.ReadAllText(Path.Combine(results, "doctor.exit")).Trim() == "0", said);
        Assert.All(["tracepoint", "kprobe", "function"], probe => Assert.Contains(probe, said));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Tracefs_is_left_as_it_was(string kernel)
    {
        var left = TsvFile.Rows(Path.Combine(Requires.KernelResults(kernel), "left.tsv")).ToList();

        Assert.Contains(left, row => row[0] == "instances");
        Assert.Contains(left, row => row[0] == "dynamic_events");
        Assert.All(left, row => Assert.Equal(row[1], row[2]));
    }

    // The kernel's own errors about refused packets come to icmp_rcv as well.
    private static bool CallsAtLeast(string sent, string counted) => long.Parse(counted) >= long.Parse(sent);

    // Five letters of dropgendropgen… as they print within a little-endian word: dropg, ropge, opgen …
    [GeneratedRegex("67706f7264|6567706f72|6e6567706f|646e656770|72646e6567|6f72646e65|706f72646e")]
    private static partial Regex PayloadWord();

    private static TheoryData<string, string> RunsOf(string name) => [.. ProbeAbilities.Runs.Where(run => run.Run == name)];

    private static string? Option((string Kernel, string Run) run, string name) => ProbeAbilities.Of(run.Kernel, run.Run).Option(name);

    private static TheoryData<string> KernelsOf(string run) => [.. ProbeAbilities.Runs.Where(each => each.Run == run).Select(each => each.Kernel)];

    private static string TrafficOf(string kernel) => MatrixKernel.Of(kernel).Traffic;

    private static IEnumerable<string> Others<TKey>(Dictionary<TKey, long> captured, Dictionary<TKey, long> expected)
        where TKey : notnull =>
        captured.Where(kind => !expected.ContainsKey(kind.Key)).Select(kind => $"{kind.Value} {kind.Key}");
}
