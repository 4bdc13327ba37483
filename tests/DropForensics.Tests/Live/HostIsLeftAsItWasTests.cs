using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>tracefs before and after: every settable file that can be read without consuming, instances included.</summary>
[Collection(LiveCollection.Name)]
public sealed class HostIsLeftAsItWasTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public HostIsLeftAsItWasTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    [Theory]
    [InlineData("INT", "SIGINT")]
    [InlineData("TERM", "SIGTERM")]
    [InlineData("HUP", "SIGHUP")]
    [InlineData("QUIT", "SIGQUIT")]
    [InlineData(null, "duration")]
    public void After_a_capture_ended_by(string? signal, string cause)
    {
        var file = _directory.File("x.db");
        var before = TracefsSettings.Of(_host);

        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 5)), signal,
            ["--duration", signal is null ? "500ms" : "60s", "-o", file]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal(cause, Db.Scalar<string>(file, "select ended from capture"));
        Assert.Equal(["x.db"], Directory.GetFiles(_directory.FullName).Select(Path.GetFileName));
        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Theory]
    [InlineData("INT", 0, "tcp:tcp_probe/sport == 9/")]
    [InlineData(null, 2, "tcp:tcp_probe/no_such_field == 9/")]
    public void After_a_capture_with_other_events(string? signal, int exitCode, string @event)
    {
        string[] arguments = ["--with", "tcp,softirq", "--event", @event, "-o", _directory.File("x.db")];
        var before = TracefsSettings.Of(_host);

        var finished = signal is null ? _host.Run([.. Agent.Command, .. arguments]) : Agent.Around(_host, () => _host.InNetwork(() => Traffic.ConnectRefused("127.0.0.1", 9, 5)), signal, arguments);

        Assert.True(finished.ExitCode == exitCode, finished.ToString());
        Assert.Equal(exitCode == 0 ? 1 : 0, Directory.GetFiles(_directory.FullName).Length);
        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void After_a_capture_that_could_not_get_its_ring_buffer()
    {
        var before = TracefsSettings.Of(_host);

        var finished = _host.Run([.. Agent.Command, "--duration", "1s", "-o", _directory.File("x.db"), "--buffer", "500000GiB"]);

        Assert.True(finished.ExitCode == 3, finished.ToString());
        Assert.Contains("--buffer", finished.Errors);
        Assert.Empty(Directory.GetFiles(_directory.FullName));
        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void After_a_capture_whose_file_was_taken()
    {
        var file = _directory.File("taken.db");
        File.WriteAllText(file, "mine");
        var before = TracefsSettings.Of(_host);

        var finished = _host.Run([.. Agent.Command, "--duration", "1s", "-o", file]);

        Assert.True(finished.ExitCode == 3, finished.ToString());
        Assert.Contains("--force", finished.Errors);
        Assert.Equal("mine", File.ReadAllText(file));
        before.AssertSame(TracefsSettings.Of(_host));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }
}
