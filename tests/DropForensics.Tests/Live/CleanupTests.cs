using System.Diagnostics;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Agent and guard killed at once: what the kernel does by itself, and what 'capture cleanup' and the next capture do.</summary>
[Collection(LiveCollection.Name)]
public sealed class CleanupTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;
    private readonly TracefsSettings _before;
    private readonly List<Process> _started = [];

    public CleanupTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
        _before = TracefsSettings.Of(_host);
    }

    private string File => _directory.File("x.db");

    [Fact]
    public void Killed_together_the_gates_are_shut_and_the_ring_is_given_back_by_the_time_they_are_dead()
    {
        using var group = ControlGroup.Killable();
        var agent = StartIn(group);
        AwaitOpenGates(instances: 2);

        group.Kill();
        Shell.Wait(agent);

        Assert.Equal(2, OwnInstances().Length);
        Assert.All(OwnInstances(), instance => Assert.Equal("0", Read(instance, "tracing_on")));
        Assert.All(OwnInstances(), instance => Assert.InRange(int.Parse(Read(instance, "buffer_size_kb").Split(' ')[0]), 1, 16));
        Cleanup();
        _before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void The_end_of_a_PID_namespace_leaves_what_cleanup_takes_away()
    {
        var agent = Started(["unshare", "--pid", "--fork", "--kill-child", .. Agent.Command, "--duration", "60s", "-o", File, "--quiet"]);
        AwaitOpenGates(instances: 2);

        agent.Kill();
        Shell.Wait(agent);
        Await.Until(() => OwnInstances().All(instance => Read(instance, "tracing_on") == "0"));

        Await.Until(() => Cleanup().Contains("Tracefs holds no leftovers", StringComparison.Ordinal));
        _before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void Cleanup_lets_a_running_capture_be_from_its_own_and_from_another_PID_namespace()
    {
        var holder = "";
        var finished = Agent.Around(
            _host,
            () =>
            {
                string[] elsewhere = ["unshare", "--pid", "--fork", "--mount-proc"];
                holder = Cleanup();
                Assert.Contains("in use    instance dropforensics_", Cleanup("--dry-run"));
                Assert.Contains("that cannot be seen from here", _host.Run([.. elsewhere, .. Agent.Command, "cleanup"]).Output);
                _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 20));
            },
            ["--duration", "60s", "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Matches("in use    instance dropforensics_[0-9a-f]{16} by [^ ]+ \\(pid [0-9]+\\)", holder);
        Assert.Equal(20, Db.Scalar<long>(File, "select count(*) from drops where reason = 'NO_SOCKET'"));
        _before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void A_dry_run_shows_what_is_idle_and_changes_nothing()
    {
        KillBoth();

        var shown = Cleanup("--dry-run", "--json");

        Assert.Contains("\"dry_run\": true", shown);
        Assert.Equal(2, shown.Split("\"state\": \"idle\"").Length - 1);
        Assert.Equal(2, OwnInstances().Length);
        Assert.Equal(2, Cleanup().Split("removed   instance dropforensics_").Length - 1);
        _before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void The_next_capture_takes_leftovers_away_and_says_so()
    {
        KillBoth();

        var finished = _host.Run([.. Agent.Command, "--duration", "100ms", "-o", _directory.File("y.db")]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal(2, finished.Errors.Split("capture: removed the instance dropforensics_").Length - 1);
        _before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void What_another_program_reads_stays_and_its_reader_is_named()
    {
        var agent = StartIn(null);
        AwaitOpenGates(instances: 2);
        var reader = Started("sh", "-c", $"exec 9<{OwnInstances().Order().First().Replace($"/proc/{_host.Pid}/root", "")}/trace; echo open; exec cat");
        Assert.Equal("open", reader.StandardOutput.ReadLine());
        KillBoth(agent);

        var said = Cleanup();

        Assert.Contains($" by cat (pid {reader.Id})", said);
        Assert.Single(OwnInstances());
        Shell.Wait(reader);
        Await.Until(() => Cleanup().StartsWith("Tracefs holds no leftovers", StringComparison.Ordinal));
        _before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void The_guard_ends_with_the_capture_and_holds_none_of_its_streams()
    {
        var finished = _host.Run("sh", "-c", $"{string.Join(' ', Agent.Command)} --duration 300ms --quiet -o {File} | cat");
        Assert.True(finished.ExitCode == 0, finished.ToString());

        var agent = StartIn(null);
        AwaitOpenGates(instances: 2);
        var guard = GuardOf(agent);
        string[] agents = [.. Enumerable.Range(0, 3).Select(fd => new FileInfo($"/proc/{agent.Id}/fd/{fd}").LinkTarget ?? "")];
        Assert.All(Directory.GetFileSystemEntries($"/proc/{guard}/fd"), fd => Assert.DoesNotContain(new FileInfo(fd).LinkTarget, agents));
        Assert.NotEqual(SessionOf(agent.Id), SessionOf(guard));
        Agent.Signal(agent, "TERM");
        Shell.Wait(agent);

        Assert.False(Directory.Exists($"/proc/{guard}"), "the guard outlived a capture that had ended in good order");
    }

    public void Dispose()
    {
        foreach (var process in _started)
        {
            if (!process.HasExited) process.Kill();
            process.Dispose();
        }

        _host.Dispose();
        _directory.Dispose();
    }

    private string[] OwnInstances() => Directory.GetDirectories($"{_host.Tracefs}/instances", "dropforensics_*");

    private string Cleanup(params string[] options)
    {
        var finished = _host.Run([.. Agent.Command, "cleanup", .. options]);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        return finished.Output;
    }

    private Process StartIn(ControlGroup? group)
    {
        var agent = Started(["sh", "-c", "read go; exec \"$@\"", "sh", .. Agent.Command, "--duration", "60s", "-o", _directory.File($"{Guid.NewGuid():N}.db"), "--quiet"]);
        group?.Add(agent.Id);
        agent.StandardInput.WriteLine();
        return agent;
    }

    private Process Started(params string[] command)
    {
        var process = _host.Start(command);
        _started.Add(process);
        return process;
    }

    private void AwaitOpenGates(int instances) =>
        Await.Until(() => OwnInstances().Count(instance => Read(instance, "tracing_on") == "1" && Read(instance, "set_event").Length > 0) == instances);

    /// <summary>Leaves what neither of them can take away any more.</summary>
    private void KillBoth(Process? running = null)
    {
        var agent = running ?? StartIn(null);
        AwaitOpenGates(instances: 2);
        var guard = GuardOf(agent);
        Shell.Run("kill", "-STOP", $"{guard}");   // so that it cannot be the faster one
        agent.Kill();
        Shell.Run("kill", "-KILL", $"{guard}");
        Shell.Wait(agent);
    }

    private static int GuardOf(Process agent) => int.Parse(
        Directory.GetDirectories("/proc").Select(path => Path.GetFileName(path)).Single(pid => int.TryParse(pid, out _) && IsGuardOf(pid, agent)));

    private static bool IsGuardOf(string pid, Process agent)
    {
        try
        {
            return System.IO.File.ReadAllText($"/proc/{pid}/cmdline").EndsWith($"\0guard\0{agent.Id}\0", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Sixth of /proc/PID/stat, counted behind the name.</summary>
    private static string SessionOf(int pid) => System.IO.File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ')[3];

    private static string Read(string instance, string file)
    {
        try
        {
            return System.IO.File.ReadAllText(Path.Combine(instance, file)).Trim();
        }
        catch (IOException)
        {
            return "";   // It is being made, or gone.
        }
    }
}
