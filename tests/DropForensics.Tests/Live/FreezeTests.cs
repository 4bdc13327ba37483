using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary><c>--freeze</c> under a steady stream of known drops: nobody reads, and the kernel itself stops at the drop that is waited for.</summary>
[Collection(LiveCollection.Name)]
public sealed class FreezeTests : IDisposable
{
    // Of a CPU's share the stream fills more than a second, and all of it several times over.
    private static readonly string[] SmallRing = ["--buffer", "4MiB"];
    private const int Overwritten = 20_000;

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public FreezeTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    [Fact]
    public void The_last_record_is_the_drop_that_was_waited_for_with_its_stack()
    {
        var before = TracefsSettings.Of(_host);
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() =>
            {
                Traffic.SendUdp("127.0.0.1", 9, 100);
                Traffic.SendUnknownProtocol("127.0.0.1", 1);
                Traffic.SendUdp("127.0.0.1", 9, 100);
            }),
            signal: null, ["--freeze", "--until", "reason=ip_noproto", "--json", "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        before.AssertSame(TracefsSettings.Of(_host));
        Assert.Equal("reason=ip_noproto", Db.Scalar<string>(File, "select ended from capture"));
        Assert.Equal(100, Db.Scalar<long>(File, "select count(*) from drops where reason = 'NO_SOCKET'"));
        Assert.Equal(
            "IP_NOPROTO with stack, 0 ns before the end",
            Db.Scalar<string>(File, "select reason || iif(stack_id is null, '', ' with stack') || ', ' || (closed_ns - opened_ns - t_ns) || ' ns before the end' from drops, capture order by t_ns desc limit 1"));
        AssertWhole(0);
    }

    [Fact]
    public void A_ring_that_was_overwritten_many_times_is_whole_from_where_the_file_begins()
    {
        using var flood = new Flood(_host);
        var finished = Agent.Around(
            _host, () =>
            {
                Await.Until(() => flood.Sent >= Overwritten);
                _host.InNetwork(() => Traffic.SendUnknownProtocol("127.0.0.1", 1));
            },
            signal: null, ["--freeze", "--until", "reason=IP_NOPROTO", .. SmallRing, "--json", "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal("IP_NOPROTO", Db.Scalar<string>(File, "select reason from drops order by t_ns desc limit 1"));
        var (opened, closed) = (Db.Scalar<long>(File, "select opened_ns from capture"), Db.Scalar<long>(File, "select closed_ns from capture"));
        Assert.InRange(Db.Scalar<long>(File, "select count(*) from drops where reason = 'NO_SOCKET'"), flood.SentBetween(opened, closed - 10_000_000), flood.SentBetween(opened - 10_000_000, closed));
        Assert.True(closed - opened > 250_000_000, $"{closed - opened} ns");
        AssertWhole(leastEarlier: 1000);
        Assert.Contains("Only the newest drops were kept, as asked", finished.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_anything_to_wait_for_a_signal_ends_it_and_the_newest_drops_are_there()
    {
        using var flood = new Flood(_host);
        var finished = Agent.Around(_host, () => Await.Until(() => flood.Sent >= Overwritten), ["--freeze", .. SmallRing, "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("Recording drops until stopped", finished.Errors, StringComparison.Ordinal);
        Assert.Equal("SIGINT", Db.Scalar<string>(File, "select ended from capture"));
        AssertWhole(leastEarlier: 1000);
        Assert.False(MadeCapture.Read(File).Facts.Ledger.Frozen!.ByKernel);
    }

    [Fact]
    public void A_counter_is_for_the_agent_to_look_at()
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 50)), signal: null, ["--freeze", "--until", "counter Udp.NoPorts +50", "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal("counter Udp.NoPorts +50", Db.Scalar<string>(File, "select ended from capture"));
        Assert.Equal(50, Db.Scalar<long>(File, "select count(*) from drops where reason = 'NO_SOCKET'"));
        AssertWhole(0);
    }

    [Fact]
    public void However_fast_the_ring_was_overwritten_what_is_left_in_it_is_kept_and_every_drop_is_counted()
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() =>
            {
                Traffic.SendUdp("127.0.0.1", 9, 30_000);
                Traffic.SendUnknownProtocol("127.0.0.1", 1);
            }), signal: null, ["--freeze", "--until", "reason=IP_NOPROTO", "--buffer", "64KiB", "--json", "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        AssertWhole(leastEarlier: 29_000);
        var ledger = MadeCapture.Read(File).Facts.Ledger;
        Assert.InRange(ledger.Captured, 30, 1_000);
        Assert.True(ledger.Captured + ledger.Frozen!.EarlierDrops >= 30_001, $"{ledger.Captured} and {ledger.Frozen}");
    }

    [Fact]
    public void With_other_events_in_it_a_ring_that_was_overwritten_faster_than_anybody_looks_is_said_to_lack_drops()
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 30_000)), ["--freeze", "--with", "tcp", "--buffer", "64KiB", "-o", File]);

        Assert.True(finished.ExitCode == (int)ExitCode.Incomplete, finished.ToString());
        Assert.Contains("A larger --buffer holds more.", finished.Output, StringComparison.Ordinal);
        var facts = MadeCapture.Read(File).Facts;
        Assert.Equal(Completeness.Incomplete, facts.Completeness.Word);
        Assert.InRange(facts.Completeness.AtLeast, 1, facts.Ledger.Missed!.Value);
        using var capture = CaptureReader.Open(File);
        Assert.True(VerifyJob.Check(capture, CancellationToken.None).Agrees);
    }

    [Fact]
    public void Killed_it_leaves_a_file_that_says_what_was_never_read()
    {
        using var capture = _host.Start([.. Agent.Command, "--freeze", "--until", "reason=IP_NOPROTO", "-o", File]);
        Agent.AwaitOpenWindow(capture);
        _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 100));
        capture.Kill();
        Shell.Wait(capture);
        Await.Until(() => Directory.GetDirectories($"{_host.Tracefs}/instances", "dropforensics_*").Length == 0);

        var completeness = MadeCapture.Read(File).Facts.Completeness;
        Assert.True(completeness is { Word: Completeness.Incomplete, AtLeast: >= 100 }, string.Join('\n', completeness.Evidence));
    }

    [Theory]
    [InlineData("interface=eth0", "waits for an interface")]
    [InlineData("reason=NO_SOCKET>10", "waits for a number of them")]
    public void What_the_kernel_cannot_wait_for_is_refused_before_anything_is_made(string until, string why)
    {
        var finished = _host.Run([.. Agent.Command, "--freeze", "--until", until, "-o", File]);

        Assert.True(finished.ExitCode == (int)ExitCode.Unable, finished.ToString());
        Assert.Contains(why, finished.Errors, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    /// <summary>Complete by its own accounts, and the same in a redacted copy.</summary>
    private void AssertWhole(long leastEarlier)
    {
        var facts = MadeCapture.Read(File).Facts;
        Assert.True(facts.Completeness.Word == Completeness.Complete, string.Join('\n', facts.Completeness.Evidence));
        Assert.Equal(0, facts.Ledger.Missed);
        Assert.True(facts.Ledger.Frozen!.EarlierDrops >= leastEarlier, $"{facts.Ledger.Frozen}");
        using var capture = CaptureReader.Open(File);
        Assert.True(VerifyJob.Check(capture, CancellationToken.None).Agrees);
    }
}
