using DropForensics.Capture.Kernel;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>A storm that is too much for the host: what is given up, in which order, and who is told.</summary>
[Collection(LiveCollection.Name)]
public sealed class GovernorTests : IDisposable
{
    private const string Ours = "from drops where reason = 'NO_SOCKET' and function in ('__udp4_lib_rcv', 'udp_rcv')";

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public GovernorTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    [Fact]
    public void Stacks_are_given_up_then_the_window_and_every_drop_until_then_is_there()
    {
        var finished = Flood("--max-rate", "100", "--overload", "end");

        Assert.True(finished.ExitCode == 4, finished.ToString());
        var json = Agent.Json(finished);
        Assert.Equal("max-rate", json.GetProperty("ended").GetString());
        Assert.Equal("max-rate", Db.Scalar<string>(File, "select ended from capture"));
        Assert.Equal(100, Db.Scalar<long>(File, "select max_rate from capture"));
        Assert.Equal(["stacks", "window"], Db.Rows<string>(File, "select step from relief order by t_ns"));
        Assert.Equal(2, Db.Scalar<long>(File, "select count(*) from relief where rate > 100 and t_ns >= 1000000000"));
        Assert.Equal(["stacks", "window"], json.GetProperty("relief").EnumerateArray().Select(step => step.GetProperty("step").GetString()));
        Assert.Contains("Stacks were turned off ", json.GetProperty("verdict").GetString());
        Assert.Contains("The window was ended ", json.GetProperty("verdict").GetString());
        Assert.Equal(0, json.GetProperty("missed").GetInt64());
        Assert.Equal(0, json.GetProperty("lost").GetInt64());

        // Between the two some came without; before, none did.
        const string StacksUntil = "(select t_ns from relief where step = 'stacks')";
        Assert.Equal(0, json.GetProperty("without_stack").GetInt64());
        Assert.Equal(0, Db.Scalar<long>(File, $"select count(*) from drops where stack_id is null and t_ns < {StacksUntil}"));
        Assert.InRange(json.GetProperty("after_stacks").GetInt64(), 1, long.MaxValue);
        Assert.Equal(json.GetProperty("after_stacks").GetInt64(), Db.Scalar<long>(File, "select count(*) from drops where stack_id is null"));
        Assert.InRange(Db.Scalar<long>(File, $"select count(*) {Ours} and stack_id is not null"), 1, long.MaxValue);
        CaptureLedger.AssertEveryLineIsAccountedFor(File);
        Assert.DoesNotContain(Directory.GetDirectories($"{_host.Tracefs}/instances"), instance => instance.Contains("dropforensics_"));
    }

    [Fact]
    public void A_ring_that_is_overrun_does_not_hide_the_rate()
    {
        var finished = Flood("--max-rate", "100", "--overload", "end", "--buffer", "16KiB", "--transport", "text");

        Assert.Equal("max-rate", Agent.Json(finished).GetProperty("ended").GetString());
        Assert.InRange(Agent.Json(finished).GetProperty("lost").GetInt64(), 1, long.MaxValue);
    }

    [Fact]
    public void Without_a_bound_nothing_is_given_up()
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 100)), signal: null, ["--duration", "2500ms", "-o", File, "--json", "--max-rate", "none"]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal(0, Db.Scalar<long>(File, "select count(*) from relief"));
        Assert.Equal(1, Db.Scalar<long>(File, "select max_rate is null from capture"));
    }

    [Fact]
    public void What_a_stack_costs_is_measured_and_leaves_nothing_in_the_ring()
    {
        using var kernel = new ArmedKernel(_host.Tracefs, TracefsWriter.Real);
        kernel.MakeRing(64, measureCost: true);
        var instance = kernel.Ring;

        Assert.InRange(instance.Cost!.EventNs, 1, 1_000_000);   // a kernel since 4.19 has the marker's trigger
        Assert.InRange(instance.Cost.StackNs, 1, 1_000_000);
        Assert.All(instance.Stats(), ring => Assert.Equal(0, RingStats.TryParse(ring.Text)!.Written));
        Assert.Equal("ftrace:print\n", System.IO.File.ReadAllText(instance.At("set_event")));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    /// <summary>A thousand datagrams every tenth of a second or faster, until the agent has had enough.</summary>
    private Finished Flood(params string[] options)
    {
        using var capture = _host.Start([.. Agent.Command, "--duration", "60s", "-o", File, "--json", .. options]);
        return Agent.Around(capture, () => _host.InNetwork(() =>
        {
            while (!capture.HasExited)
            {
                Traffic.SendUdp("127.0.0.1", 9, 1000);
                capture.WaitForExit(20);
            }
        }));
    }
}
