using System.Globalization;
using System.Text.Json;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>A capture in the background: it outlives the command that started it, and is seen and ended by others that know nothing but what the kernel says.</summary>
[Collection(LiveCollection.Name)]
public sealed class BackgroundTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public BackgroundTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    private string Entries => $"/proc/{_host.Pid}/root/run/dropforensics";

    [Fact]
    public void It_is_started_looked_at_and_stopped()
    {
        var before = TracefsSettings.Of(_host);
        using var flood = new Flood(_host);
        var started = Capture("start", "--duration", "1h", "-o", File);
        Assert.True(started.ExitCode == 0, started.ToString());
        Assert.StartsWith($"Recording drops for 3600 s into {File}.\n", started.Errors, StringComparison.Ordinal);
        Assert.Contains($"capture stop {File}", started.Output, StringComparison.Ordinal);
        AssertInSessionOfItsOwn();

        Await.Until(() => Status() is [var only] && only.GetProperty("drops").GetInt64() > 100);
        var status = Assert.Single(Status());
        Assert.Equal("recording", status.GetProperty("state").GetString());
        Assert.Equal(File, status.GetProperty("file").GetString());
        Assert.Equal("NO_SOCKET", status.GetProperty("top_reason").GetString());

        var stopped = Capture("stop");
        Assert.True(stopped.ExitCode == 0, stopped.ToString());
        Assert.Contains("(ended by SIGTERM)", stopped.Output, StringComparison.Ordinal);
        Assert.Equal("", stopped.Errors);
        AssertVerified("SIGTERM");
        Assert.Empty(Status());
        Assert.False(Directory.Exists(Entries));
        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void One_that_cannot_record_says_why_as_in_the_foreground_and_leaves_nothing()
    {
        System.IO.File.WriteAllText(File, "something else");
        string[] options = ["--duration", "1h", "-o", File];
        Assert.Equal(Capture(options), Capture(["start", .. options]));
        Assert.False(Directory.Exists(Entries));
    }

    [Fact]
    public void The_result_of_one_that_ended_by_itself_waits_to_be_asked_for()
    {
        Assert.Equal(0, Capture("start", "--duration", "200ms", "--quiet", "-o", File).ExitCode);
        Await.Until(() => Status() is [var only] && only.GetProperty("state").GetString() == "ended");
        Assert.Equal(0, Assert.Single(Status()).GetProperty("exit_code").GetInt32());
        Assert.Contains($"{File}: ended with exit code 0", Capture("status").Output, StringComparison.Ordinal);

        var stopped = Capture("stop", "x.db");
        Assert.Equal(0, stopped.ExitCode);
        Assert.Contains($"{File} is complete", stopped.Output, StringComparison.Ordinal);
        Assert.Empty(Status());
    }

    [Fact]
    public void Killed_it_leaves_its_file_and_is_told_from_one_that_ended()
    {
        var before = TracefsSettings.Of(_host);
        Assert.Equal(0, Capture("start", "--duration", "1h", "--quiet", "-o", File).ExitCode);
        Shell.Run("kill", "-KILL", Process());
        Await.Until(() => Assert.Single(Status()).GetProperty("state").GetString() == "killed");
        Await.Until(() => !System.IO.File.Exists($"{File}-wal") && Directory.GetDirectories($"{_host.Tracefs}/instances", "dropforensics_*").Length == 0);

        var stopped = Capture("stop", File);
        Assert.Equal((int)ExitCode.Incomplete, stopped.ExitCode);
        Assert.Contains($"It was killed. What it had recorded is in {File}", stopped.Output, StringComparison.Ordinal);
        AssertVerified("killed");
        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void Of_several_one_has_to_be_named()
    {
        var another = _directory.File("y.db");
        foreach (var file in (string[])[File, another]) Assert.Equal(0, Capture("start", "--duration", "1h", "--quiet", "-o", file).ExitCode);
        var unnamed = Capture("stop");
        Assert.Equal((int)ExitCode.Usage, unnamed.ExitCode);
        Assert.Contains($"Name one: {File}, {another}", unnamed.Errors, StringComparison.Ordinal);
        Assert.Contains("no capture in the background writes z.db", Capture("stop", "z.db").Errors, StringComparison.Ordinal);

        Assert.Equal(0, Capture("stop", File).ExitCode);
        Assert.Equal(another, Assert.Single(Status()).GetProperty("file").GetString());
        Assert.Equal(0, Capture("stop").ExitCode);
        Assert.Contains("no capture was started in the background", Capture("stop").Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_command_that_starts_it_is_gone_it_does_not_stay()
    {
        var entry = _directory.File("entry");
        Directory.CreateDirectory(entry);
        foreach (var name in (string[])["lock", "log", "result"]) System.IO.File.WriteAllBytes(Path.Combine(entry, name), []);

        // Standard error is a pipe that nobody reads any more.
        var finished = _host.Run(["bash", "-c", "exec 2> >(exec true); wait $!; exec \"$@\"", "bash", "env", $"DROPFORENSICS_BACKGROUND={entry}", .. Agent.Command, "--duration", "1h", "--quiet", "-o", File]);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        AssertVerified("a start that was broken off");
    }

    public void Dispose()
    {
        foreach (var left in Status()) Capture("stop", left.GetProperty("file").GetString()!);
        _host.Dispose();
        _directory.Dispose();
    }

    private Finished Capture(params string[] arguments) => _host.Run([.. Agent.Command, .. arguments]);

    private JsonElement[] Status() => [.. Agent.Json(Capture("status", "--json")).EnumerateArray()];

    /// <summary>The pid of the capture; its guard is not named by the file.</summary>
    private string Process() => Shell.Run("pgrep", "-f", File).Output.Trim();

    private void AssertInSessionOfItsOwn()
    {
        var pid = Process();
        var stat = System.IO.File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        Assert.Equal(pid, fields[3]);   // session
        Assert.Equal("0", fields[4]);   // terminal
        Assert.All(Enumerable.Range(0, 3), fd => Assert.DoesNotContain("pipe", new FileInfo($"/proc/{pid}/fd/{fd.ToString(CultureInfo.InvariantCulture)}").LinkTarget, StringComparison.Ordinal));
    }

    private void AssertVerified(string ended)
    {
        Assert.Equal(ended, Db.Scalar<string>(File, "select ended from capture"));
        using var said = new StringWriter();
        Assert.True(VerifyJob.Run(File, json: false, said, CancellationToken.None) == ExitCode.Done, said.ToString());
    }
}
