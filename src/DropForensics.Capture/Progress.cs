using DropForensics.Core.Recording;

namespace DropForensics.Capture;

/// <summary>
/// One line on standard error that says how the capture goes: rewritten in place on a terminal, a new line every ten seconds elsewhere.
/// </summary>
internal sealed class Progress(CaptureOptions options, TextWriter errors, bool isTerminal)
{
    private const int Width = 100;
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(10);

    private readonly System.Diagnostics.Stopwatch _elapsed = new();
    private TimeSpan _lastShown;
    private long _lastDrops;
    private TimeSpan _lastLine;

    /// <summary>The gate is open.</summary>
    public void Start()
    {
        _elapsed.Start();
        if (options.Quiet) return;
        errors.WriteLine(
            $"Recording drops for {options.Duration.TotalSeconds:0.###} s into {options.Output}; Ctrl-C ends the window in good order.\n"
            + $"To copy the file before the end, copy it and {Path.GetFileName(options.Output)}-wal together.");
    }

    /// <summary>Called about once a second.</summary>
    public void Show(Totals totals)
    {
        if (options.Quiet || !_elapsed.IsRunning) return;
        var elapsed = _elapsed.Elapsed;
        var rate = (totals.Drops - _lastDrops) / Math.Max((elapsed - _lastShown).TotalSeconds, 0.001);
        (_lastShown, _lastDrops) = (elapsed, totals.Drops);
        if (!isTerminal && elapsed - _lastLine < LineEvery) return;
        _lastLine = elapsed;

        var left = options.Duration - elapsed;
        var text = $"{elapsed.TotalSeconds:F0} s, {Math.Max(left.TotalSeconds, 0):F0} s left · {totals.Drops:N0} drops, {rate:N0}/s"
            + $" · {totals.Lost:N0} lost · top: {TopReason(totals)}";
        if (isTerminal) errors.Write($"\r{(text.Length > Width ? text[..Width] : text.PadRight(Width))}");
        else errors.WriteLine(text);
    }

    /// <summary>Ends the line on a terminal.</summary>
    public void Stop()
    {
        if (_elapsed.IsRunning && isTerminal && !options.Quiet) errors.Write($"\r{new string(' ', Width)}\r");
        _elapsed.Stop();
    }

    private static string TopReason(Totals totals) =>
        totals.By(tally => tally.Reason?.Name ?? "no reason given") is [var (reason, _), ..] ? reason : "none yet";
}
