using DropForensics.Tests.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Whatever surrounds the agent, the window ends in time, tracefs is as before, and the exit code is the truth.</summary>
[Collection(LiveCollection.Name)]
public sealed class HostileSurroundingsTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public HostileSurroundingsTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    private string Capture => $"{string.Join(' ', Agent.Command)} --duration 300ms -o {File}";

    [Theory]
    [InlineData(">&- 2>&- <&-")]
    [InlineData("2>&-")]
    [InlineData("2>/dev/full")]
    [InlineData("| head -c 1 >/dev/null; test ${PIPESTATUS[0]} = 0")]
    public void A_capture_does_not_need_its_streams(string redirection)
    {
        AssertClean(Bash($"{Capture} {redirection}"), exitCode: 0);
        Assert.Equal("duration", Db.Scalar<string>(File, "select ended from capture"));
    }

    [Fact]
    public void A_result_that_cannot_be_printed_is_an_error_and_the_capture_is_there()
    {
        var finished = Bash($"{Capture} >/dev/full");

        AssertClean(finished, exitCode: 1);
        Assert.Contains("cannot print the result", finished.Errors);
        Assert.Equal("duration", Db.Scalar<string>(File, "select ended from capture"));
    }

    [Fact]
    public void A_terminal_that_takes_nothing_holds_up_nobody()
    {
        var script = $"mkfifo {_directory.File("f")}; exec 9<>{_directory.File("f")}; head -c 65536 /dev/zero >&9; {Capture} 2>&9";

        AssertClean(Bash(script), exitCode: 0);
    }

    [Fact]
    public void A_file_size_limit_ends_the_file_and_not_the_agent()
    {
        var agent = Agent.Published();   // such a limit is too little for the managed runtime itself
        using var capture = _host.Start("bash", "-c", $"ulimit -f 400; {agent} --duration 60s -o {File}");
        var finished = Agent.Around(capture, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 20_000)));

        AssertClean(finished, exitCode: 4);
        Assert.Contains("The file ends early", finished.Output);
        Assert.Contains("is readable up to where it ends", finished.Output);
        Assert.Equal("write error", Db.Scalar<string>(File, "select ended from capture"));
    }

    [Fact]
    public void On_a_disk_that_is_nearly_full_nothing_is_begun()
    {
        var finished = Bash($"mount -t tmpfs -o size=8m tmpfs {_directory.FullName}; head -c 7500K /dev/zero > {_directory.FullName}/others; {Capture}; status=$?; ls {_directory.FullName}; umount {_directory.FullName}; exit $status");

        AssertClean(finished, exitCode: 3);
        Assert.Contains("-o", finished.Errors);
        Assert.DoesNotContain("x.db", finished.Output);
    }

    [Fact]
    public void A_disk_that_fills_up_ends_the_window_and_is_reported()
    {
        var mount = _directory.FullName;
        _host.Sh($"mount -t tmpfs -o size=100m tmpfs {mount}");
        using var capture = _host.Start([.. Agent.Command, "--duration", "60s", "-o", File, "--json"]);

        var finished = Agent.Around(capture, () => _host.Sh($"head -c 90M /dev/zero > {mount}/others"));

        AssertClean(finished, exitCode: 4);
        Assert.Equal("disk nearly full", Agent.Json(finished).GetProperty("ended").GetString());
        _host.Sh($"umount {mount}");
    }

    [Fact]
    public void Another_tool_that_shuts_our_gate_is_noticed()
    {
        var finished = Agent.Around(
            _host, () => _host.Sh("for i in /sys/kernel/tracing/instances/dropforensics_*; do echo 0 > $i/tracing_on; done"), ["--duration", "60s", "-o", File]);

        AssertClean(finished, exitCode: 4);
        Assert.Contains("tracing_on of our instance was switched off", finished.Output);
        Assert.Contains("switched off", Db.Scalar<string>(File, "select disturbance from capture"));
    }

    [Fact]
    public void A_file_that_somebody_else_reads_is_not_called_whole()
    {
        using var reader = new SqliteConnection($"Data Source={File};Mode=ReadOnly;Pooling=False");

        var finished = Agent.Around(
            _host,
            () =>
            {
                reader.Open();
                using var begin = reader.CreateCommand();
                begin.CommandText = "begin; select count(*) from drops;";
                Await.Until(() => begin.ExecuteScalar() is long);
            },
            ["--duration", "60s", "-o", File]);

        AssertClean(finished, exitCode: 4);
        Assert.Contains("x.db-wal: copy", finished.Output);
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private Finished Bash(string script) => _host.Run("bash", "-c", script);

    private void AssertClean(Finished finished, int exitCode)
    {
        Assert.True(finished.ExitCode == exitCode, finished.ToString());
        Assert.DoesNotContain(Directory.GetDirectories($"{_host.Tracefs}/instances"), instance => instance.Contains("dropforensics_"));
    }
}
