using System.Diagnostics;
using System.Globalization;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>
/// The agent killed while it captures: its guard leaves one whole file and the host as before. Under a steady flood of known drops. How many
/// kills there are is DROPFORENSICS_KILLS; the moments are random and come from <see cref="Seed"/>.
/// </summary>
[Collection(LiveCollection.Name)]
public sealed class KilledAgentTests : IDisposable
{
    private const int Seed = 20261126, AtOnce = 4, DefaultKills = 8;
    private const long SecondNs = 1_000_000_000;

    // Every other moment is counted from the agent's start, the rest from the opening of its window, to after the end of one of this length.
    private const string Window = "1500ms";
    private const int LatestMs = 2000;

    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public KilledAgentTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("DROPFORENSICS_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : DefaultKills;

    [Fact]
    public async Task At_any_moment_two_seconds_later_the_file_is_whole_and_tracefs_as_before()
    {
        var random = new Random(Seed);
        var before = TracefsSettings.Of(_host);
        using var flood = new Flood(_host);
        var files = 0;
        for (var killed = 0; killed < Kills; killed += AtOnce)
        {
            var batch = Enumerable.Range(killed, Math.Min(AtOnce, Kills - killed)).Select(number => (number, random.Next(LatestMs))).ToArray();
            var runs = batch.Select(each => Task.Factory.StartNew(
                () => KillOne(_directory.File($"{each.number}.db"), each.Item2, inWindow: each.number % 2 == 1, flood), TaskCreationOptions.LongRunning)).ToArray();
            Stopwatch? youngest = null;
            foreach (var (isThere, sinceDeath) in await Task.WhenAll(runs))
            {
                files += isThere ? 1 : 0;
                if (youngest is null || sinceDeath?.Elapsed < youngest.Elapsed) youngest = sinceDeath;
            }

            AwaitDisarmed(youngest ?? Stopwatch.StartNew());
            before.AssertSame(TracefsSettings.Of(_host));
        }

        Assert.True(files >= Kills / 4, $"only {files} of {Kills} kills came after the window had opened");
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("PIPE")]
    public async Task A_signal_at_any_moment_leaves_a_whole_file_or_none_and_tracefs_as_before(string signal)
    {
        var random = new Random(Seed);
        var before = TracefsSettings.Of(_host);
        using var flood = new Flood(_host);
        var signals = Math.Max(2, Kills / 10);
        for (var sent = 0; sent < signals; sent += AtOnce)
        {
            var batch = Enumerable.Range(sent, Math.Min(AtOnce, signals - sent)).Select(number => (File: _directory.File($"{number}.db"), AfterMs: random.Next(LatestMs))).ToArray();
            await Task.WhenAll(batch.Select(each => Task.Factory.StartNew(() => SignalOne(each.File, each.AfterMs, signal), TaskCreationOptions.LongRunning)));
            Await.Until(() => OwnInstances().Length == 0);
        }

        before.AssertSame(TracefsSettings.Of(_host));
    }

    [Fact]
    public void When_memory_runs_out_in_its_cgroup_the_guard_does_its_work()
    {
        var before = TracefsSettings.Of(_host);
        using var group = ControlGroup.WithMemory(512L << 20);
        var file = _directory.File("x.db");
        using var agent = StartIn(group, file, "30s");
        AwaitCommit(file);
        File.WriteAllText($"/proc/{agent.Id}/oom_score_adj", "1000");

        using var eater = Shell.Start("sh", "-c", "read go; exec tail /dev/zero");
        group.Add(eater.Id);
        eater.StandardInput.WriteLine();

        Assert.Equal(137, Shell.Wait(agent).ExitCode);
        AwaitWhole(file, Stopwatch.StartNew());
        Assert.Equal("killed", Db.Scalar<string>(file, "select ended from capture"));
        Await.Until(() => OwnInstances().Length == 0);
        before.AssertSame(TracefsSettings.Of(_host));
        eater.Kill();
    }

    [Fact]
    public void A_guard_that_may_leave_the_cgroup_outlives_the_end_of_it()
    {
        _host.Sh("mount -t cgroup2 none /sys/fs/cgroup");
        var before = TracefsSettings.Of(_host);
        using var group = ControlGroup.Killable();
        var file = _directory.File("x.db");
        using var agent = StartIn(group, file, "30s");
        AwaitCommit(file);

        group.Kill();
        Shell.Wait(agent);

        AwaitWhole(file, Stopwatch.StartNew());
        Assert.Equal("killed", Db.Scalar<string>(file, "select ended from capture"));
        Await.Until(() => OwnInstances().Length == 0);
        before.AssertSame(TracefsSettings.Of(_host));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private string[] OwnInstances() => Directory.GetDirectories($"{_host.Tracefs}/instances", "dropforensics_*");

    private Process Start(string file) => _host.Start([.. Agent.Command, "--duration", Window, "-o", file, "--quiet"]);

    private Process StartIn(ControlGroup group, string file, string duration)
    {
        var agent = _host.Start(["sh", "-c", "read go; exec \"$@\"", "sh", .. Agent.Command, "--duration", duration, "-o", file, "--quiet"]);
        group.Add(agent.Id);
        agent.StandardInput.WriteLine();
        return agent;
    }

    /// <summary>Something was committed, so there is something to lose.</summary>
    private static void AwaitCommit(string file) => Await.Until(() =>
    {
        try
        {
            return File.Exists($"{file}-wal") && Db.Scalar<long>(file, "select count(*) from clock") > 1;
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            return false;   // It is being made.
        }
    });

    private void SignalOne(string file, int afterMs, string signal)
    {
        using var agent = Start(file);
        if (!agent.WaitForExit(afterMs)) Agent.Signal(agent, signal);
        var finished = Shell.Wait(agent);

        // A signal before the agent has taken charge of it ends it, as it ends any program.
        if (File.Exists(file)) AssertWhole(file);
        else Assert.True(finished.ExitCode is 129 or 130 or 143, $"{signal} after {afterMs} ms: {finished}");
    }

    /// <returns>Whether there is a file, and what counts since the agent's death; null where it ended by itself.</returns>
    private (bool IsThere, Stopwatch? SinceDeath) KillOne(string file, int afterMs, bool inWindow, Flood flood)
    {
        using var agent = _host.Start([.. Agent.Command, "--duration", Window, "-o", file]);
        if (inWindow) Agent.AwaitOpenWindow(agent);
        if (agent.WaitForExit(afterMs)) return (AssertWhole(file), null);
        agent.Kill();
        var killedNs = Stopwatch.GetTimestamp();
        Shell.Wait(agent);   // Until it is dead it may make the file yet.
        var sinceDeath = Stopwatch.StartNew();
        AwaitWhole(file, sinceDeath);
        if (!File.Exists(file)) return (false, sinceDeath);
        AssertWhole(file);
        AssertNothingMissingBefore(file, killedNs, flood);
        return (true, sinceDeath);
    }

    /// <summary>The .db stands alone and is closed, or there is none since its window was never opened.</summary>
    private static void AwaitWhole(string file, Stopwatch sinceDeath) => Await.Until(
        () => IsAlone(file) && (!File.Exists(file) || (IsClosed(file) && HasEnded(file) && IsAlone(file))),
        Promise - sinceDeath.Elapsed,
        () => $"{Promise} after the agent's death there were {string.Join(", ", Directory.GetFiles(Path.GetDirectoryName(file)!))}");

    /// <summary>Of an agent that was killed before it had made a file as well.</summary>
    private void AwaitDisarmed(Stopwatch sinceDeath) => Await.Until(
        () => OwnInstances().Length == 0,
        Promise - sinceDeath.Elapsed,
        () => $"{Promise} after the agents' death there were {string.Join(", ", OwnInstances())}");

    private static bool IsAlone(string file) => !File.Exists($"{file}-wal") && !File.Exists($"{file}-shm") && !File.Exists($"{file}-journal");

    /// <summary>A look that leaves nothing beside it: the header's bytes 18 and 19 are 2 while a database is in WAL mode.</summary>
    private static bool IsClosed(string file)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var header = new byte[20];
            return stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header[18] == 1;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
    }

    /// <summary>Before it is opened for the first time a file is closed too, and the guard has not been there. A look without locks, that is in nobody's way.</summary>
    private static bool HasEnded(string file)
    {
        try
        {
            return Db.Scalar<long>($"file:{file}?immutable=1", "select count(*) from capture where ended is not null") == 1;
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            return false;
        }
    }

    private static bool AssertWhole(string file)
    {
        Assert.True(IsAlone(file), $"{file} has something beside it");
        Assert.Equal("delete", Db.Scalar<string>(file, "pragma journal_mode"));
        Assert.Equal(1, Db.Scalar<long>(file, "select count(*) from capture where ended is not null and closed_ns >= opened_ns"));
        using var said = new StringWriter();
        Assert.True(VerifyJob.Run(file, json: false, said, CancellationToken.None) == ExitCode.Done, said.ToString());
        return true;
    }

    /// <summary>What it holds has no hole, and reaches to the last second before the kill.</summary>
    private static void AssertNothingMissingBefore(string file, long killedNs, Flood flood)
    {
        var row = Db.Texts(file, "select ended, closed_ns from capture").Single();
        if (row[0] == "killed") Assert.InRange(killedNs - long.Parse(row[1]!, CultureInfo.InvariantCulture), -SecondNs, 2 * SecondNs);

        const string Ours = "from drop_event d join capture c join reason r on r.id = d.reason_id where r.name = 'NO_SOCKET' and d.cpu = 0";
        var ends = Db.Texts(file, $"select count(*), min(c.opened_ns + d.t_ns), max(c.opened_ns + d.t_ns) {Ours}").Single();
        if (ends[0] == "0") return;
        var sent = flood.SentBetween(long.Parse(ends[1]!, CultureInfo.InvariantCulture), long.Parse(ends[2]!, CultureInfo.InvariantCulture));
        var captured = long.Parse(ends[0]!, CultureInfo.InvariantCulture);

        // A softirq that is put off drops after the next datagrams were sent: so some at either end. A hole would be of hundreds.
        Assert.True(captured >= sent - 64, $"{file}: {sent} sent between the first and the last, {captured} captured");
    }
}
