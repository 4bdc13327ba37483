using System.Globalization;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>The flight recorder, under a steady stream of known drops: it keeps the newest, and each kind of end leaves one whole capture.</summary>
[Collection(LiveCollection.Name)]
public sealed class FlightRecorderTests : IDisposable
{
    private const int Seed = 20261130, AtOnce = 4, DefaultKills = 8;

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public FlightRecorderTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    private string Folder => File + CaptureParts.FolderSuffix;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("DROPFORENSICS_KILLS"), CultureInfo.InvariantCulture, out var kills) ? kills : DefaultKills;

    [Fact]
    public void It_keeps_the_newest_drops_and_misses_none_of_them()
    {
        var before = TracefsSettings.Of(_host);
        using var flood = new Flood(_host);
        var finished = Agent.Around(_host, () => AwaitParts(5), "--keep-last", "2s", "-o", File);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("Complete: No drop event was missed.", finished.Output, StringComparison.Ordinal);
        Assert.Equal([Folder], Directory.GetFileSystemEntries(Path.GetDirectoryName(File)!));
        before.AssertSame(TracefsSettings.Of(_host));
        var one = AssertWhole(Folder, "SIGINT", flood);
        Assert.InRange(Db.Scalar<double>(one, "select (closed_ns - opened_ns) / 1e9 from capture"), 2, 60); // parts are of 1 s, unless the machine is slow
        Assert.Equal(Completeness.Complete, MadeCapture.Read(Folder).Facts.Completeness.Word);
    }

    [Fact]
    public void What_happens_ends_it_and_it_goes_on_for_as_long_as_asked()
    {
        using var flood = new Flood(_host);
        var finished = _host.Run([.. Agent.Command, "--keep-last", "1h", "--until", "reason=no_socket>500", "--then", "300ms", "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.False(Directory.Exists(Folder)); // a single part is the file that was asked for
        AssertWhole(File, "reason=no_socket>500", flood);
        Assert.True(Db.Scalar<long>(File, "select count(*) from drops where reason = 'NO_SOCKET'") > 500);
        var since = Db.Scalar<long>(File, "select closed_ns - opened_ns - (select t_ns from drops where reason = 'NO_SOCKET' order by t_ns limit 1 offset 500) from capture");
        Assert.True(since >= 300_000_000, $"it ended {since} ns after the drop that was waited for");
    }

    [Fact]
    public void A_single_drop_ends_it_though_nothing_comes_after_it()
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUnknownProtocol("127.0.0.1", 1)), signal: null,
            ["--duration", "1h", "--reason", "IP_NOPROTO", "--until", "reason=IP_NOPROTO", "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal(("reason=IP_NOPROTO", 1L, 0L), (Db.Scalar<string>(File, "select ended from capture"), Db.Scalar<long>(File, "select count(*) from drops"), Db.Scalar<long>(File, "select count(*) from drops where stack_id is null")));
        using var capture = CaptureReader.Open(File);
        Assert.True(VerifyJob.Check(capture, CancellationToken.None).Agrees);
    }

    [Fact]
    public void Each_time_but_the_last_is_saved_while_it_goes_on()
    {
        using var flood = new Flood(_host);
        var finished = _host.Run([.. Agent.Command, "--keep-last", "1s", "--until", "drops>300", "--repeat", "3", "--json", "-o", File]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        string[] saved = [_directory.File("x-1.db.parts"), _directory.File("x-2.db.parts")];
        Assert.Equal<string>(saved, [.. Agent.Json(finished).GetProperty("saved").EnumerateArray().Select(each => each.GetString()!)]);
        foreach (var each in saved) AssertWhole(each, "drops>300", flood);
        AssertWhole(Folder, "drops>300", flood);
    }

    [Theory]
    [InlineData("x.db.parts")]
    [InlineData("x-2.db.parts")]
    public void A_folder_that_is_in_the_way_is_found_before_anything_is_recorded(string folder)
    {
        Directory.CreateDirectory(_directory.File(folder));
        var finished = _host.Run([.. Agent.Command, "--keep-last", "1s", "--until", "drops>300", "--repeat", "3", "-o", File]);
        Assert.NotEqual(0, finished.ExitCode);
        Assert.Contains($"{_directory.File(folder)} exists", finished.Errors, StringComparison.Ordinal);
        Assert.Equal([_directory.File(folder)], Directory.GetFileSystemEntries(Path.GetDirectoryName(File)!));
    }

    [Fact]
    public async Task Killed_at_any_moment_it_leaves_whole_parts_that_are_one_capture()
    {
        var random = new Random(Seed);
        var before = TracefsSettings.Of(_host);
        using var flood = new Flood(_host);
        for (var killed = 0; killed < Kills; killed += AtOnce)
        {
            var batch = Enumerable.Range(killed, Math.Min(AtOnce, Kills - killed)).Select(number => (File: _directory.File($"{number}.db"), AfterMs: random.Next(3_500))).ToArray();
            await Task.WhenAll(batch.Select(each => Task.Factory.StartNew(() => KillOne(each.File, each.AfterMs), TaskCreationOptions.LongRunning)));
            Await.Until(() => Directory.GetDirectories($"{_host.Tracefs}/instances", "dropforensics_*").Length == 0);
            before.AssertSame(TracefsSettings.Of(_host));
        }
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private void KillOne(string file, int afterMs)
    {
        var folder = file + CaptureParts.FolderSuffix;
        using var agent = _host.Start([.. Agent.Command, "--keep-last", "1s", "-o", file]);
        Agent.AwaitOpenWindow(agent);
        Assert.False(agent.WaitForExit(afterMs));
        agent.Kill();
        Shell.Wait(agent);
        Await.Until(() => Directory.GetFiles(folder).All(part => part.EndsWith(".db", StringComparison.Ordinal)) && CaptureParts.In(folder).All(HasEnded));

        foreach (var part in CaptureParts.In(folder)) AssertVerified(part);
        Assert.Equal("killed", MadeCapture.Read(folder).Facts.Capture.Ended);
    }

    /// <summary>A look that leaves nothing beside the file, and is in nobody's way.</summary>
    private static bool HasEnded(string part)
    {
        try
        {
            return Db.Scalar<long>($"file:{part}?immutable=1", "select count(*) from capture where ended is not null") == 1;
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            return false;
        }
    }

    /// <summary>So many parts were made, and the first one is gone.</summary>
    private void AwaitParts(int number) => Await.Until(
        () => System.IO.File.Exists(Path.Combine(Folder, CaptureParts.NameOf(number))) && !System.IO.File.Exists(Path.Combine(Folder, CaptureParts.NameOf(1))),
        TimeSpan.FromSeconds(60), () => $"there are {string.Join(", ", Directory.GetFiles(Folder))}");

    /// <returns>It as one file.</returns>
    private string AssertWhole(string capture, string ended, Flood flood)
    {
        var file = capture;
        if (CaptureParts.IsFolder(capture))
        {
            foreach (var part in CaptureParts.In(capture))
            {
                AssertVerified(part);
                AssertHoldsWhatWasCounted(part);
                Assert.Equal(0, Db.Scalar<long>(part, "select count(*) from drop_event d, capture c where d.t_ns not between 0 and c.closed_ns - c.opened_ns"));
            }

            file = _directory.File($"one-{Path.GetFileNameWithoutExtension(capture)}");
            var made = Shell.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "analyze.dll"), "reattribute", capture, "-o", file);
            Assert.True(made.ExitCode == 0, made.ToString());
        }

        Assert.Equal(ended, Db.Scalar<string>(file, "select ended from capture"));
        AssertVerified(file);

        // The kernel's own count, and what is known of the traffic; a softirq that is put off drops after the next datagrams were sent.
        AssertHoldsWhatWasCounted(file);
        var ends = Db.Texts(
            file, "select count(*), min(c.opened_ns + d.t_ns), max(c.opened_ns + d.t_ns) from drop_event d join capture c join reason r on r.id = d.reason_id where r.name = 'NO_SOCKET' and d.cpu = 0").Single();
        var sent = flood.SentBetween(long.Parse(ends[1]!, CultureInfo.InvariantCulture), long.Parse(ends[2]!, CultureInfo.InvariantCulture));
        Assert.InRange(long.Parse(ends[0]!, CultureInfo.InvariantCulture) - sent, -64, 64);
        return file;
    }

    private static void AssertHoldsWhatWasCounted(string file) =>
        Assert.Equal(1, Db.Scalar<long>(file, "select witness_drops - (select count(*) from drop_event) between 0 and witness_slack from capture"));

    private static void AssertVerified(string file)
    {
        using var said = new StringWriter();
        Assert.True(VerifyJob.Run(file, json: false, said, CancellationToken.None) == ExitCode.Done, $"{file}: {said}");
    }
}
