using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Metrics;

/// <summary>
/// The file of <c>--metrics</c>, for node_exporter's textfile collector: replaced as a whole each second, by a thread of its own, and removed at the end. One
/// that stayed would go on saying that nothing is dropped, while nobody looks.
/// </summary>
/// <param name="path">Absolute; ends in .prom.</param>
/// <param name="about">What does not change.</param>
/// <param name="counts">Sums up what is recorded.</param>
/// <param name="kernel">Asks the kernel's counters.</param>
/// <param name="canCount">The kernel counts the very drops that are recorded: no filter of the agent chooses among them.</param>
internal sealed class MetricsFile(string path, MetricsAbout about, MetricCounts counts, Func<KernelDrops> kernel, bool canCount) : IDisposable
{
    /// <summary>The collector reads no other file.</summary>
    public const string Extension = ".prom";

    private const string TemporarySuffix = ".tmp";
    private const UnixFileMode ForAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(1);

    // One that is newer is being replaced each second.
    private static readonly TimeSpan OldestLive = TimeSpan.FromSeconds(5);

    private readonly ManualResetEventSlim _stop = new();
    private volatile MetricCounts.Sums _recorded = counts.With([]);
    private Thread? _thread;
    private MetricsAbout _about = about;
    private bool _isFailing, _isOver;

    /// <summary>Checks whether it could be made, and changes nothing.</summary>
    /// <param name="path">As it was given.</param>
    /// <param name="force">Replace a file that is something else.</param>
    /// <exception cref="UserError">It could not.</exception>
    public static void Check(string path, bool force)
    {
        path = Path.GetFullPath(path);
        Named(() =>
        {
            FileTrouble.RequireDirectoryOf(path);
            if (!IsOurs(path)) NewFile.MayGo(path, force);
        });
        if (File.Exists(path) && IsOurs(path) && DateTime.UtcNow - File.GetLastWriteTimeUtc(path) is var age && age >= TimeSpan.Zero && age < OldestLive)
            throw new UserError($"another capture writes {Printable.Of(path)}", "Choose another file with --metrics: each capture needs its own.");
    }

    /// <summary>Removes what a killed capture left. Anything else stays.</summary>
    /// <param name="path">Absolute.</param>
    public static void Remove(string path)
    {
        if (IsOurs(path)) File.Delete(path);
        if (IsOurs(path + TemporarySuffix)) File.Delete(path + TemporarySuffix);
    }

    /// <summary>Makes it, with nothing counted yet.</summary>
    /// <param name="path">As it was given; null for none.</param>
    /// <param name="kernel">Counts the drops.</param>
    /// <param name="plan">What is armed.</param>
    /// <param name="announce">Told of it before it is made.</param>
    /// <exception cref="UserError">It cannot be written there.</exception>
    public static MetricsFile? Make(string? path, ArmedKernel kernel, ProbePlan plan, Action<string> announce)
    {
        if (path is null) return null;
        path = Path.GetFullPath(path);
        announce(path);
        var file = new MetricsFile(
            path, new MetricsAbout(ProductVersion.Number, plan.Name, plan.Asked, StartSeconds: 0), new MetricCounts(plan.Reasons), kernel.DropsSoFar,
            canCount: plan.Filter is null || plan.KernelDecides);
        file.Begin();
        return file;
    }

    /// <summary>Writes it for the first time.</summary>
    /// <exception cref="UserError">It cannot be written there.</exception>
    internal void Begin()
    {
        try
        {
            Write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Named(() => throw FileTrouble.Writing(path, e));
        }
    }

    /// <summary>The gate is open: from here on it is replaced each second.</summary>
    public void Start()
    {
        _about = _about with { StartSeconds = Libc.ReadClockNs(Libc.ClockRealTime) / 1e9 };
        _thread = new Thread(Run) { Name = "metrics", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Takes what is recorded; called by the recording stage about once a second.</summary>
    /// <param name="open">The parts that are being written.</param>
    public void Report(IReadOnlyList<Totals> open) => _recorded = counts.With(open);

    /// <summary>A part has ended, and is not reported any more. From the same thread.</summary>
    public void EndPart(Totals part) => counts.End(part);

    /// <summary>Ends it and removes it. Call it while the kernel's counters are still there. Does not wait for a disk that takes nothing.</summary>
    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        _stop.Set();
        if (_thread?.Join(Patience) != false) _stop.Dispose();
        try
        {
            Remove(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"capture: cannot remove {Printable.Of(path)}, which says what is past: {e.Message}");
        }
    }

    private void Run()
    {
        do
        {
            try
            {
                Write();
                _isFailing = false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                if (!_isFailing) Console.Error.WriteLine($"\ncapture: {FileTrouble.Writing(Printable.Of(path), e).Message}; the capture goes on, and tries again each second");
                _isFailing = true;
            }
        }
        while (!_stop.Wait(Every));
    }

    private void Write()
    {
        (MetricCounts.Sums recorded, KernelDrops now) = (_recorded, kernel());
        byte[] bytes = Encoding.UTF8.GetBytes(
            MetricsText.Of(_about, recorded, Reasons(recorded, now), now, Environment.CpuUsage.TotalTime.TotalSeconds, Environment.WorkingSet));
        string temporary = path + TemporarySuffix;
        File.Delete(temporary);   // a link by that name would not be followed
        using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0))
        {
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file.SafeFileHandle, ForAll);   // the collector runs as another user
            file.Write(bytes);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>All drops by reason: those recorded, and in a sample also those left out, which have a reason where the kernel counts by it.</summary>
    private Dictionary<string, long> Reasons(MetricCounts.Sums recorded, KernelDrops now)
    {
        if (!canCount || now.LeftOut is not { } leftOut) return recorded.Reasons;
        Dictionary<string, long> all = new MetricCounts.Sums(recorded).Reasons;
        if (now.Hist is { } hist)
        {
            // Each only grows, and so does the larger of the two.
            Dictionary<string, long> counted = counts.Counted(hist);
            foreach (string key in counted.Keys) all[key] = Math.Max(all.GetValueOrDefault(key), counted[key]);
        }
        else
        {
            all[MetricCounts.UnknownReason] = all.GetValueOrDefault(MetricCounts.UnknownReason) + leftOut;
        }

        return all;
    }

    private static bool IsOurs(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, LinkTarget: null }) return false;
            Span<byte> start = stackalloc byte[MetricsText.Beginning.Length];
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && Encoding.ASCII.GetString(start) == MetricsText.Beginning;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>What is said of a file of <c>--output</c> holds for this one as well.</summary>
    private static void Named(Action action)
    {
        try
        {
            action();
        }
        catch (UserError e)
        {
            throw new UserError($"--metrics: {e.Message}", e.Remedy.Replace("--output", "--metrics", StringComparison.Ordinal), e.ExitCode);
        }
    }
}
