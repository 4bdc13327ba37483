using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>tracefs before and after: every settable file that can be read without consuming, instances included.</summary>
[Collection(LiveCollection.Name)]
public sealed class HostIsLeftAsItWasTests : IDisposable
{
    // error_log grows with every refused write of anybody; trace and trace_pipe are content, not settings.
    private static readonly string[] NotSettings =
        ["error_log", "trace", "trace_pipe", "trace_pipe_raw", "trace_marker", "trace_marker_raw", "free_buffer", "snapshot", "snapshot_raw"];

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
        var before = Settings();

        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 5)), signal,
            ["--duration", signal is null ? "500ms" : "60s", "-o", file]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Equal(cause, Db.Scalar<string>(file, "select ended from capture"));
        Assert.Equal(["x.db"], Directory.GetFiles(_directory.FullName).Select(Path.GetFileName));
        AssertSame(before, Settings());
    }

    [Fact]
    public void After_a_capture_that_could_not_get_its_ring_buffer()
    {
        var before = Settings();

        var finished = _host.Run([.. Agent.Command, "--duration", "1s", "-o", _directory.File("x.db"), "--buffer", "500000GiB"]);

        Assert.True(finished.ExitCode == 3, finished.ToString());
        Assert.Contains("--buffer", finished.Errors);
        Assert.Empty(Directory.GetFiles(_directory.FullName));
        AssertSame(before, Settings());
    }

    [Fact]
    public void After_a_capture_whose_file_was_taken()
    {
        var file = _directory.File("taken.db");
        File.WriteAllText(file, "mine");
        var before = Settings();

        var finished = _host.Run([.. Agent.Command, "--duration", "1s", "-o", file]);

        Assert.True(finished.ExitCode == 3, finished.ToString());
        Assert.Contains("--force", finished.Errors);
        Assert.Equal("mine", File.ReadAllText(file));
        AssertSame(before, Settings());
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private static void AssertSame(SortedDictionary<string, string> before, SortedDictionary<string, string> after)
    {
        Assert.True(before.Count > 100, $"only {before.Count} settings were found");
        Assert.Equal(before.Keys, after.Keys);
        foreach (var (path, value) in before) Assert.Equal((path, value), (path, after[path]));
    }

    /// <summary>All settings of tracefs: of the top level, of each instance, and of the events the agent could touch.</summary>
    private SortedDictionary<string, string> Settings()
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Collect(_host.Tracefs, settings);
        foreach (var instance in Directory.GetDirectories($"{_host.Tracefs}/instances")) Collect(instance, settings);
        return settings;
    }

    private static void Collect(string top, SortedDictionary<string, string> settings)
    {
        string[] groups = ["", "options", "per_cpu", "events", "events/skb", "events/sched", "events/net"];
        foreach (var group in groups)
        {
            var depth = group.StartsWith("events/", StringComparison.Ordinal) || group == "per_cpu" ? 1 : 0;
            var options = new EnumerationOptions { RecurseSubdirectories = depth > 0, MaxRecursionDepth = depth, AttributesToSkip = 0 };
            if (!Directory.Exists(Path.Combine(top, group))) continue;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(top, group), "*", options)) Add(file, settings);
        }
    }

    private static void Add(string file, SortedDictionary<string, string> settings)
    {
        var mode = File.GetUnixFileMode(file);
        var settable = (mode & (UnixFileMode.UserRead | UnixFileMode.UserWrite)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (!settable || NotSettings.Contains(Path.GetFileName(file))) return;
        try
        {
            settings[file] = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            settings[file] = e.GetType().Name;   // This kernel keeps some of them shut; then they stay as they are anyway.
        }
    }
}
