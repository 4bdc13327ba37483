using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture;

/// <summary>How a capture went: what the agent says on the host.</summary>
/// <param name="File">The capture file.</param>
/// <param name="Row">What it says of itself.</param>
/// <param name="Cpus">CPUs of the host.</param>
/// <param name="Totals">What it holds.</param>
/// <param name="Leftovers">What of tracefs could not be undone; empty as a rule.</param>
/// <param name="WriteFailure">Why the file ends early; null as a rule.</param>
internal sealed record CaptureResult(
    string File, CaptureRow Row, int Cpus, Totals Totals, IReadOnlyList<string> Leftovers, Exception? WriteFailure)
{
    /// <summary>Time the gate was open.</summary>
    public TimeSpan Window => TimeSpan.FromSeconds(((Row.ClosedNs ?? 0) - (Row.OpenedNs ?? 0)) / 1e9);

    /// <summary>
    /// Drops the kernel counted and the file does not hold. The two gates do not move in the same instant, so one drop a
    /// CPU may fall between them; more than that is missing.
    /// </summary>
    public long Missed => Row.WitnessDrops - Totals.Drops is { } difference && difference > Cpus ? difference : 0;

    /// <summary>Everything that happened in the window is in the file, as far as the ring and the parser can tell.</summary>
    public bool IsComplete => Missed == 0 && Totals.Lost == 0 && Totals.UncountedLosses == 0 && Totals.Unparsed == 0 && WriteFailure is null;

    public ExitCode ExitCode => Leftovers.Count > 0 || WriteFailure is not (null or IOException) ? ExitCode.Failed : IsComplete ? ExitCode.Done : ExitCode.Incomplete;

    /// <summary>One sentence: is anything missing?</summary>
    public string Verdict
    {
        get
        {
            if (IsComplete) return $"complete: the kernel counted {Row.WitnessDrops:N0} drops, none was lost and every line was understood";
            var missing = new List<string>();
            if (Missed > 0) missing.Add($"the kernel counted {Row.WitnessDrops:N0} drops, {Missed:N0} more than were captured");
            if (Totals.Lost > 0) missing.Add($"{Totals.Lost:N0} ring records lost (an event and its stack are two): the rings were too small or the reader too slow");
            if (Totals.UncountedLosses > 0) missing.Add($"{Totals.UncountedLosses:N0} more holes of unknown size");
            if (Totals.Unparsed > 0) missing.Add($"{Totals.Unparsed:N0} lines not understood (kept raw)");
            if (WriteFailure is not null) missing.Add($"the file ends early: {WriteFailure.Message}");
            return $"incomplete: {string.Join("; ", missing)}";
        }
    }
}
