using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture;

/// <summary>How a capture went: what the agent says on the host.</summary>
/// <param name="File">The capture file.</param>
/// <param name="Row">What it says of itself.</param>
/// <param name="Totals">What it holds.</param>
/// <param name="Leftovers">What of tracefs could not be undone; empty as a rule.</param>
/// <param name="WriteFailure">Why the file ends early; null as a rule.</param>
internal sealed record CaptureResult(
    string File, CaptureRow Row, Totals Totals, IReadOnlyList<string> Leftovers, Exception? WriteFailure)
{
    /// <summary>Time the gate was open.</summary>
    public TimeSpan Window => TimeSpan.FromSeconds(((Row.ClosedNs ?? 0) - (Row.OpenedNs ?? 0)) / 1e9);

    /// <summary>Everything that happened in the window is in the file, as far as the ring and the parser can tell.</summary>
    public bool IsComplete => Totals.Lost == 0 && Totals.UncountedLosses == 0 && Totals.Unparsed == 0 && WriteFailure is null;

    public ExitCode ExitCode => Leftovers.Count > 0 || WriteFailure is not (null or IOException) ? ExitCode.Failed : IsComplete ? ExitCode.Done : ExitCode.Incomplete;

    /// <summary>One sentence: is anything missing?</summary>
    public string Verdict
    {
        get
        {
            if (IsComplete) return "complete: nothing was lost and every line was understood";
            var missing = new List<string>();
            if (Totals.Lost > 0) missing.Add($"{Totals.Lost:N0} ring records lost (an event and its stack are two): the rings were too small or the reader too slow");
            if (Totals.UncountedLosses > 0) missing.Add($"{Totals.UncountedLosses:N0} more holes of unknown size");
            if (Totals.Unparsed > 0) missing.Add($"{Totals.Unparsed:N0} lines not understood (kept raw)");
            if (WriteFailure is not null) missing.Add($"the file ends early: {WriteFailure.Message}");
            return $"incomplete: {string.Join("; ", missing)}";
        }
    }
}
