using System.Globalization;
using DropForensics.Capture.Background;
using DropForensics.Capture.Host;
using DropForensics.Capture.Probes;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Recording;

/// <summary>
/// One line on standard error that says how the capture goes: rewritten in place on a terminal, a new line every ten seconds
/// elsewhere; in the background, the status that other commands read. It prints on a thread of its own: a terminal that takes nothing (a hung connection, Ctrl-S) holds up nobody else.
/// </summary>
/// <param name="options">What was asked for.</param>
/// <param name="plan">The probe.</param>
/// <param name="errors">Standard error.</param>
/// <param name="isTerminal">Whether it is one.</param>
/// <param name="background">What this capture is in the background; null in the foreground.</param>
/// <param name="abandoned">Called where it was started in the background, by a command that has been broken off.</param>
internal sealed class Progress(CaptureOptions options, ProbePlan plan, TextWriter errors, bool isTerminal, BackgroundCapture? background = null, Action? abandoned = null) : IDisposable
{
    private const int DefaultWidth = 100;
    private static readonly TimeSpan ShowEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    private readonly System.Diagnostics.Stopwatch _elapsed = new();
    private readonly ManualResetEventSlim _stop = new();
    private Thread? _thread;
    private volatile Snapshot _latest = new(0, 0, null);
    private volatile bool _draining;

    /// <summary>The gate is open.</summary>
    public void Start()
    {
        _elapsed.Start();
        if (options.Quiet && background is null) return;
        _thread = new Thread(Run) { Name = "progress", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Says how far it is; called by the recording stage about once a second.</summary>
    /// <param name="totals">Of the file.</param>
    /// <param name="drops">Drops of earlier parts.</param>
    /// <param name="lost">Records that earlier parts lost.</param>
    public void Report(Totals totals, long drops, long lost) => _latest = new Snapshot(
        drops + totals.Drops, lost + totals.Lost, totals.Drops == 0 ? _latest.TopReason : totals.By(tally => tally.Reason?.Name ?? "no reason given") is [var (reason, _), ..] ? reason : null);

    /// <summary>The gate is shut; the rings are being emptied.</summary>
    public void Drain() => _draining = true;

    /// <summary>Clears the line on a terminal. Does not wait for one that takes nothing.</summary>
    public void Stop()
    {
        _stop.Set();
        _thread?.Join(Patience);
    }

    public void Dispose()
    {
        // A thread that hangs in a write may still look at it; the process is about to end.
        if (_thread is null or { IsAlive: false }) _stop.Dispose();
    }

    private void Run()
    {
        if (!options.Quiet) errors.WriteLine(Heading);
        if (background is not null) RunInBackground(background);
        else RunInForeground();
    }

    private string Heading
    {
        get
        {
            string output = Printable.Of(options.KeepLast is null ? options.Output : options.Output + CaptureParts.FolderSuffix);
            return $"Recording {(plan.HitsOf is { } function ? $"hits of {function}" : "drops")} {Time} into {output}"
                + $"{(background is null ? "; press Ctrl-C to stop early and keep the file" : "")}.\n"
                + $"Probe: {plan.Name}: {Printable.Of(plan.Said)}\n"
                + (options.Freeze ? "Nothing is read before the end: the newest drops stay in the kernel's buffer." : options.KeepLast is null ? $"To copy the data recorded so far, run: capture snapshot {output} -o OUT" : "Each file in the folder but the newest is whole.");
        }
    }

    private void RunInForeground()
    {
        (long lastDrops, TimeSpan lastShown, TimeSpan lastLine) = (0L, TimeSpan.Zero, TimeSpan.Zero);
        while (!_stop.Wait(ShowEvery))
        {
            (TimeSpan now, Snapshot? latest) = (_elapsed.Elapsed, _latest);
            if (!isTerminal && now - lastLine < LineEvery) continue;
            string text = Line(now, latest, (latest.Drops - lastDrops) / Math.Max((now - lastShown).TotalSeconds, 0.001));
            (lastDrops, lastShown, lastLine) = (latest.Drops, now, now);
            if (isTerminal) errors.Write($"\r{Fit(text)}");
            else errors.WriteLine(text);
        }

        if (isTerminal) errors.Write($"\r{Fit("")}\r");
    }

    private void RunInBackground(BackgroundCapture background)
    {
        var status = new BackgroundStatus(Path.GetFullPath(options.Output), DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (!background.HandOver(status)) abandoned?.Invoke();
        while (!_stop.Wait(ShowEvery))
        {
            Snapshot latest = _latest;
            status = status with { Seconds = (long)_elapsed.Elapsed.TotalSeconds, Drops = latest.Drops, Rate = latest.Drops - status.Drops, Lost = latest.Lost, TopReason = latest.TopReason, IsEnding = _draining };
            _ = background.Say(status);
        }
    }

    private string Time => (options.KeepLast, options.Duration) switch
    {
        (null, null) when options.Until.Count > 0 => $"until {Printable.Of(string.Join(" or ", options.Until.Select(each => each.Text)))}",
        ({ } keep, { } duration) => $"for {duration.TotalSeconds:0.###} s, keeping the last {keep.TotalSeconds:0.###} s,",
        ({ } keep, null) => $"until stopped, keeping the last {keep.TotalSeconds:0.###} s,",
        (null, { } duration) => $"for {duration.TotalSeconds:0.###} s",
        _ => "until stopped",
    };

    private string Line(TimeSpan elapsed, Snapshot latest, double rate)
    {
        string left = options.Duration is { } duration ? $", {Math.Max((duration - elapsed).TotalSeconds, 0):F0} s left" : "";
        string when = _draining ? "emptying the rings (press Ctrl-C again to discard the rest)" : $"{elapsed.TotalSeconds:F0} s{left}";
        return $"{when} · {latest.Drops:N0} drops, {rate:N0}/s · {latest.Lost:N0} lost · top: {latest.TopReason ?? "none yet"}";
    }

    /// <summary>Exactly one line of the terminal, so that a carriage return goes back to its start.</summary>
    private static string Fit(string text)
    {
        int width = Math.Clamp(Console.WindowWidth - 1, 20, DefaultWidth);
        return text.Length > width ? text[..width] : text.PadRight(width);
    }

    private sealed record Snapshot(long Drops, long Lost, string? TopReason);
}
