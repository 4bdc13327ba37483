using System.Diagnostics;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>What happens to the capture file while it is written: copies, full disks, a file that is taken away, an agent that is stopped.</summary>
[Collection(LiveCollection.Name)]
public sealed class DurabilityTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public DurabilityTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    [Fact]
    public void Snapshots_at_any_moment_under_load_are_whole_captures()
    {
        const int Copies = 15;
        var random = new Random(6);
        var drops = new List<long>();
        using var capture = Start("--duration", "60s", "--json");

        var finished = Agent.Around(capture, () => UnderLoad(() =>
        {
            var journal = new FileInfo($"{File}-wal");
            for (var i = 0; i < Copies; i++)
            {
                // While something is being written.
                var length = journal.Length;
                Await.Until(() =>
                {
                    journal.Refresh();
                    return journal.Length != length;
                });
                Thread.SpinWait(random.Next(2_000_000));
                Finished copied = Shell.Run(Agent.Command[0], [.. Agent.Command[1..], "snapshot", File, _directory.File($"copy{i}.db")]);
                Assert.True(copied.ExitCode == 0, copied.ToString());
            }
        }), "INT");

        Assert.True(finished.ExitCode is 0 or 4, finished.ToString());   // 4 where the load was too much for the ring
        for (var i = 0; i < Copies; i++)
        {
            var copy = _directory.File($"copy{i}.db");
            using (var reader = CaptureReader.Open(copy)) Assert.NotNull(MadeCapture.Read(copy).Verdict);
            Assert.Equal("ok", Db.Scalar<string>(copy, "pragma integrity_check"));
            drops.Add(Db.Scalar<long>(copy, "select count(*) from drops"));
        }

        Assert.Equal(drops.Order(), drops);
        Assert.InRange(drops.Distinct().Count(), 3, Copies);
        AssertOneWholeFile();
    }

    [Fact]
    public void A_small_disk_that_the_capture_fills_ends_the_window_with_a_whole_file()
    {
        var mount = _directory.FullName;
        _host.Sh($"mount -t tmpfs -o size=8m tmpfs {mount}");
        using var capture = Start("--duration", "60s", "--json");

        var finished = Agent.Around(capture, () => UnderLoad(() => capture.WaitForExit(50_000)));

        _host.Sh($"cp {mount}/x.db /run/x.db; ls {mount} > /run/names; umount {mount}");
        System.IO.File.Copy($"/proc/{_host.Pid}/root/run/x.db", File);
        Assert.Equal("x.db\n", System.IO.File.ReadAllText($"/proc/{_host.Pid}/root/run/names"));
        AssertClean(finished, exitCode: 4);
        var json = Agent.Json(finished);
        Assert.Equal("disk nearly full", json.GetProperty("ended").GetString());
        Assert.InRange(json.GetProperty("drops").GetInt64(), 1000, long.MaxValue);
        Assert.Equal(json.GetProperty("drops").GetInt64(), Db.Scalar<long>(File, "select count(*) from drops"));
        AssertOneWholeFile();
        Assert.Equal("disk nearly full", MadeCapture.Read(File).Facts.Capture.Ended);
    }

    [Fact]
    public void A_disk_that_somebody_else_fills_to_the_last_byte_leaves_a_whole_capture()
    {
        var mount = _directory.FullName;
        _host.Sh($"mount -t tmpfs -o size=24m tmpfs {mount}");
        using var capture = Start("--duration", "60s", "--json");

        var finished = Agent.Around(capture, () => UnderLoad(() =>
        {
            _host.Run("sh", "-c", $"cat /dev/zero > {mount}/others");
            capture.WaitForExit(50_000);
        }));

        _host.Sh($"rm {mount}/others; cp {mount}/* /run/; umount {mount}");
        foreach (var name in new[] { "x.db", "x.db-wal" }.Where(name => System.IO.File.Exists($"/proc/{_host.Pid}/root/run/{name}")))
            System.IO.File.Copy($"/proc/{_host.Pid}/root/run/{name}", _directory.File(name));
        AssertClean(finished, exitCode: 4);
        Assert.Equal("ok", Db.Scalar<string>(File, "pragma integrity_check"));
        Assert.Equal(Agent.Json(finished).GetProperty("drops").GetInt64(), Db.Scalar<long>(File, "select count(*) from drops"));
    }

    [Fact]
    public void On_a_read_only_file_system_nothing_is_begun()
    {
        var mount = _directory.FullName;
        _host.Sh($"mount -t tmpfs -o ro tmpfs {mount}");

        var finished = _host.Run([.. Agent.Command, "--duration", "1s", "-o", File]);

        _host.Sh($"umount {mount}");
        AssertClean(finished, exitCode: 3);
        Assert.Contains("its file system is read-only", finished.Errors);
        Assert.DoesNotContain("Recording ", finished.Errors);
    }

    [Theory]
    [InlineData("rm $0")]
    [InlineData("rm $0*")]
    [InlineData("mv $0 $0.mine")]
    public void A_file_that_is_taken_away_ends_the_window_and_is_written_anew(string how)
    {
        using var capture = Start("--duration", "60s", "--json");

        var finished = Agent.Around(capture, () => UnderLoad(() =>
        {
            AwaitCommittedDrops();
            Assert.Equal(0, Shell.Run("sh", "-ec", how, File).ExitCode);
            capture.WaitForExit(50_000);
        }));

        AssertClean(finished, exitCode: 4);
        Assert.Equal("file removed", Agent.Json(finished).GetProperty("ended").GetString());
        Assert.Contains("was written again", Agent.Json(finished).GetProperty("verdict").GetString());
        Assert.Equal(Agent.Json(finished).GetProperty("drops").GetInt64(), Db.Scalar<long>(File, "select count(*) from drops"));
        Assert.Equal(0, Agent.Json(finished).GetProperty("missed").GetInt64());
        AssertOneWholeFile(how.StartsWith("mv", StringComparison.Ordinal) ? ["x.db", "x.db.mine"] : ["x.db"]);
        Assert.Contains("was removed", string.Join('\n', MadeCapture.Read(File).Verdict.Completeness.Evidence));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void A_file_that_is_taken_away_with_its_directory_is_lost_and_that_is_said()
    {
        var finished = Agent.Around(_host, () => Directory.Delete(_directory.FullName, recursive: true), signal: null, ["--duration", "60s", "-o", File]);
        Directory.CreateDirectory(_directory.FullName);

        AssertClean(finished, exitCode: 1);
        Assert.Contains("was removed while the capture ran", finished.Errors);
        Assert.Contains("nothing of the capture is left", finished.Errors);
    }

    [Fact]
    public void A_file_of_somebody_else_in_its_place_is_not_touched()
    {
        var finished = Agent.Around(
            _host,
            () =>
            {
                System.IO.File.WriteAllText(_directory.File("other"), "somebody's");
                System.IO.File.WriteAllText($"{File}-journal", "somebody's too");
                System.IO.File.Move(_directory.File("other"), File, overwrite: true);
            },
            signal: null, ["--duration", "60s", "-o", File]);

        AssertClean(finished, exitCode: 1);
        Assert.Contains("another file took its place", finished.Errors);
        Assert.Equal("somebody's", System.IO.File.ReadAllText(File));
        Assert.Equal("somebody's too", System.IO.File.ReadAllText($"{File}-journal"));
    }

    [Theory]
    [InlineData("64MiB")]
    [InlineData("64KiB")]
    public void While_the_agent_is_stopped_the_ring_holds_or_counts_what_happens(string buffer)
    {
        const int Datagrams = 3000;
        using var capture = Start("--duration", "60s", "--json", "--buffer", buffer, "--probe", "tracepoint");

        var finished = Agent.Around(
            capture,
            () =>
            {
                Agent.Signal(capture, "STOP");
                Await.Until(() => System.IO.File.ReadAllText($"/proc/{capture.Id}/stat").Split(')')[^1].StartsWith(" T", StringComparison.Ordinal));
                _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, Datagrams));
                Agent.Signal(capture, "CONT");
            },
            "INT");

        var isWhole = buffer == "64MiB";
        AssertClean(finished, isWhole ? 0 : 4);
        var json = Agent.Json(finished);
        var (counted, slack) = (json.GetProperty("witness_drops").GetInt64(), Db.Scalar<long>(File, "select witness_slack from capture"));
        var (drops, lost) = (json.GetProperty("drops").GetInt64(), json.GetProperty("lost").GetInt64());
        Assert.InRange(counted, Datagrams, long.MaxValue);
        Assert.True((lost == 0) == isWhole, finished.ToString());
        if (isWhole) Assert.InRange(drops, counted - slack, counted);

        // An event and its stack are a record each, and at the two ends of the window one may have come without the other.
        using (var reader = CaptureReader.Open(File))
        {
            using var raw = new MemoryStream();
            foreach (var stream in reader.Streams()) reader.ReadRaw(stream.Cpu, raw);
            var stacks = System.Text.Encoding.Latin1.GetString(raw.ToArray()).Split(": <stack trace>\n").Length - 1;
            Assert.InRange(drops + stacks + lost, (2 * (counted - slack)) - 4, (2 * counted) + 4);
        }

        AssertOneWholeFile();
    }

    [Fact]
    public void The_file_ends_soon_after_its_largest_size()
    {
        using var capture = Start("--duration", "60s", "--json", "--max-size", "3MiB");

        var finished = Agent.Around(capture, () => UnderLoad(() => capture.WaitForExit(50_000)));

        Assert.Equal("max-size", Agent.Json(finished).GetProperty("ended").GetString());
        Assert.InRange(new FileInfo(File).Length, 3 << 20, 8 << 20);   // and what the rings held
        AssertOneWholeFile();
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private Process Start(params string[] options) => _host.Start([.. Agent.Command, "-o", File, .. options]);

    /// <summary>Datagrams to a closed port, in bursts, for as long as <paramref name="action"/> takes.</summary>
    private void UnderLoad(Action action)
    {
        using var over = new ManualResetEventSlim();
        var sending = Task.Run(() => _host.InNetwork(() =>
        {
            while (!over.Wait(5)) Traffic.SendUdp("127.0.0.1", 9, 500);
        }));
        try
        {
            action();
        }
        finally
        {
            over.Set();
            sending.GetAwaiter().GetResult();
        }
    }

    private void AwaitCommittedDrops() => Await.Until(() => Db.Scalar<long>(File, "select count(*) from drop_event") > 0);

    private void AssertOneWholeFile(params string[] names)
    {
        Assert.Equal("ok", Db.Scalar<string>(File, "pragma integrity_check"));
        Assert.Equal("delete", Db.Scalar<string>(File, "pragma journal_mode"));
        var beside = _directory.Names.Where(name => !name.StartsWith("copy", StringComparison.Ordinal));
        Assert.Equal(names.Length > 0 ? names : ["x.db"], beside);
    }

    private void AssertClean(Finished finished, int exitCode)
    {
        Assert.True(finished.ExitCode == exitCode, finished.ToString());
        Assert.DoesNotContain(Directory.GetDirectories($"{_host.Tracefs}/instances"), instance => instance.Contains("dropforensics_"));
    }
}
