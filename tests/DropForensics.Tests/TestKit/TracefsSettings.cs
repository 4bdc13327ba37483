using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>Every settable file of tracefs that can be read without consuming, instances included, at one moment.</summary>
internal sealed class TracefsSettings
{
    // error_log grows with every refused write of anybody; trace and trace_pipe are content, not settings.
    private static readonly string[] NotSettings =
        ["error_log", "trace", "trace_pipe", "trace_pipe_raw", "trace_marker", "trace_marker_raw", "free_buffer", "snapshot", "snapshot_raw"];

    private readonly SortedDictionary<string, string> _settings = new(StringComparer.Ordinal);

    private TracefsSettings()
    {
    }

    /// <summary>All settings of tracefs: of the top level, of each instance, and of the events the agent could touch.</summary>
    public static TracefsSettings Of(LiveHost host)
    {
        var all = new TracefsSettings();
        all.Collect(host.Tracefs);
        foreach (var instance in Directory.GetDirectories($"{host.Tracefs}/instances")) all.Collect(instance);
        return all;
    }

    public void AssertSame(TracefsSettings after)
    {
        Assert.True(_settings.Count > 100, $"only {_settings.Count} settings were found");
        Assert.Equal(_settings.Keys, after._settings.Keys);
        foreach (var (path, value) in _settings) Assert.Equal((path, value), (path, after._settings[path]));
    }

    private void Collect(string top)
    {
        string[] groups = ["", "options", "per_cpu", "events", "events/skb", "events/sched", "events/net"];
        foreach (var group in groups)
        {
            var depth = group.StartsWith("events/", StringComparison.Ordinal) || group == "per_cpu" ? 1 : 0;
            var options = new EnumerationOptions { RecurseSubdirectories = depth > 0, MaxRecursionDepth = depth, AttributesToSkip = 0 };
            if (!Directory.Exists(Path.Combine(top, group))) continue;
            foreach (var file in Directory.EnumerateFiles(Path.Combine(top, group), "*", options)) Add(file);
        }
    }

    private void Add(string file)
    {
        var mode = File.GetUnixFileMode(file);
        var settable = (mode & (UnixFileMode.UserRead | UnixFileMode.UserWrite)) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (!settable || NotSettings.Contains(Path.GetFileName(file))) return;
        try
        {
            _settings[file] = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _settings[file] = e.GetType().Name;   // This kernel keeps some of them shut; then they stay as they are anyway.
        }
    }
}
