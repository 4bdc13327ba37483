using System.Globalization;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>The file of <c>--metrics</c>, as node_exporter and Prometheus meet it while a capture runs.</summary>
[Collection(LiveCollection.Name)]
public sealed class MetricsTests : IDisposable
{
    // The last drop of each CPU waits for its stack, which is the next line.
    private static readonly int Held = Environment.ProcessorCount;

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public MetricsTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
        Directory.CreateDirectory(Folder);
    }

    private string File => _directory.File("x.db");

    private string Folder => _directory.File("textfile");

    private string Metrics => Path.Combine(Folder, "drops.prom");

    [Fact]
    public void While_it_records_the_counts_grow_for_any_reader_and_at_the_end_the_file_is_gone()
    {
        using var capture = _host.Start([.. Agent.Command, "--duration", "60s", "-o", File, "--json", "--metrics", Metrics]);
        long first = 0, last = 0;
        var finished = Agent.Around(capture, () =>
        {
            Send(40 + Held);
            Await.Until(() => capture.HasExited || (first = Value("dropforensics_drops_total{reason=\"NO_SOCKET\",subsystem=\"core\"}")) >= 40);
            Send(60 + Held);
            Await.Until(() => capture.HasExited || (last = Value("dropforensics_drops_total{reason=\"NO_SOCKET\",subsystem=\"core\"}")) >= 100);
            Assert.Equal("644", Shell.Run("stat", "-c", "%a", Metrics).Output.Trim());
            AssertPromtoolAccepts(System.IO.File.ReadAllText(Metrics));
            Assert.Equal(0, Value("dropforensics_sampling"));
            Assert.Equal(0, Value("dropforensics_lost_records_total"));
            Assert.InRange(Value("dropforensics_counted_drops_total"), 100, long.MaxValue);
            Assert.InRange(Value("dropforensics_agent_resident_memory_bytes"), 1 << 20, 1 << 28);
            Assert.InRange(Number("dropforensics_capture_start_time_seconds"), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        }, "INT");

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.True(first >= 40 && last >= 100, $"{first} {last}");
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void In_a_storm_all_drops_count_also_those_that_are_not_in_the_sample()
    {
        using var capture = _host.Start([.. Agent.Command, "--keep-last", "8s", "-o", File, "--json", "--max-rate", "500", "--metrics", Metrics]);
        var seen = new List<long>();
        string text = "";
        long sent = 0;
        var finished = Agent.Around(capture, () =>
        {
            // Over more than one part of the recorder, until more was left out than a sample holds.
            Await.Until(() =>
            {
                Send(2000);
                sent += 2000;
                text = System.IO.File.Exists(Metrics) ? System.IO.File.ReadAllText(Metrics) : "";
                if (Total(text) is var total && (seen.Count == 0 || total != seen[^1])) seen.Add(total);
                return capture.HasExited || (Value("dropforensics_left_out_drops_total") > 20_000 && System.IO.File.Exists(Path.Combine(File + CaptureParts.FolderSuffix, CaptureParts.NameOf(3))));
            });
            Await.Until(() => capture.HasExited || (text = System.IO.File.ReadAllText(Metrics)).Contains("dropforensics_sampling 1\n", StringComparison.Ordinal) && Total(text) >= Least(sent));
            AssertPromtoolAccepts(text);
        }, "INT");

        Assert.True(finished.ExitCode == 4, finished.ToString());
        Assert.Equal(seen.Order(), seen);   // a count that goes down is a restart to Prometheus
        Assert.InRange(Total(text), Least(sent), (long)Sum(text, "dropforensics_counted_drops_total "));   // the same by the kernel's own count
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    // What comes just while the gate moves, some drops each time, is in the count of all alone.
    private static long Least(long sent) => sent - Held - (sent / 100);

    [Fact]
    public void In_the_background_it_is_written_and_killed_the_guard_removes_it()
    {
        var started = _host.Run([.. Agent.Command, "start", "--duration", "1h", "-o", File, "--metrics", Metrics]);
        Assert.True(started.ExitCode == 0, started.ToString());
        Assert.StartsWith("# HELP dropforensics_", System.IO.File.ReadAllText(Metrics), StringComparison.Ordinal);

        // A second one must not write the same file.
        var second = _host.Run([.. Agent.Command, "--duration", "1s", "-o", _directory.File("y.db"), "--metrics", Metrics]);
        Assert.Equal((int)ExitCode.Unable, second.ExitCode);
        Assert.Contains($"another capture writes {Metrics}", second.Errors, StringComparison.Ordinal);

        string pid = Shell.Run("sh", "-c", $"grep -l -- '--metrics' /proc/[0-9]*/cmdline | xargs grep -l '{Metrics}'").Output.Trim().Split('\n')[0].Split('/')[2];
        Shell.Run("kill", "-KILL", pid);
        Await.Until(() => Directory.GetFileSystemEntries(Folder).Length == 0);
        Assert.Contains("It was killed", _host.Run([.. Agent.Command, "stop"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_it_cannot_be_written_nothing_is_armed_and_a_file_of_somebody_else_stays()
    {
        var before = TracefsSettings.Of(_host);
        System.IO.File.WriteAllText(Metrics, "node_other 1\n");
        foreach (var (path, says) in new[] { (Path.Combine(Folder, "no", "x.prom"), "there is no directory"), (Metrics, "exists already"), ("/proc/x.prom", "cannot write") })
        {
            var finished = _host.Run([.. Agent.Command, "--duration", "1s", "-o", File, "--metrics", path]);
            Assert.True(finished.ExitCode == (int)ExitCode.Unable, finished.ToString());
            Assert.Contains(says, finished.Errors, StringComparison.Ordinal);
            Assert.Contains("--metrics", finished.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain("--output", finished.Errors, StringComparison.Ordinal);
            Assert.False(System.IO.File.Exists(File));
        }

        Assert.Equal("node_other 1\n", System.IO.File.ReadAllText(Metrics));
        before.AssertSame(TracefsSettings.Of(_host));
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private void Send(int count) => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, count));

    private void AssertPromtoolAccepts(string text)
    {
        string copy = _directory.File("copy.prom");
        System.IO.File.WriteAllText(copy, text);
        var finished = Shell.Run("sh", "-c", $"{Requires.Promtool()} check metrics <{copy}");
        Assert.True(finished.ExitCode == 0 && finished.Output + finished.Errors == "", finished.ToString());
    }

    private long Value(string name) => (long)Number(name);

    private double Number(string name) => System.IO.File.Exists(Metrics) ? Sum(System.IO.File.ReadAllText(Metrics), name + " ") : 0;

    private static long Total(string text) => (long)Sum(text, "dropforensics_drops_total{");

    private static double Sum(string text, string start) => text.Split('\n').Where(line => line.StartsWith(start, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}
