using System.Globalization;
using DropForensics.Capture.Recording;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture;

/// <summary>How a capture went: what the agent says on the host.</summary>
/// <param name="File">The capture file.</param>
/// <param name="Row">What it says of itself.</param>
/// <param name="Totals">What it holds.</param>
/// <param name="Relief">What was given up to spare the host; empty as a rule.</param>
/// <param name="Leftovers">What of tracefs could not be undone; empty as a rule.</param>
/// <param name="WriteFailure">Why the file ends early; null as a rule.</param>
/// <param name="End">How the file was left.</param>
internal sealed record CaptureResult(
    string File, CaptureRow Row, Totals Totals, IReadOnlyList<ReliefRow> Relief, IReadOnlyList<string> Leftovers, Exception? WriteFailure, FileEnd End)
{
    /// <summary>What was counted, <c>1 drop</c>, <c>7 hits of ip_rcv</c>.</summary>
    public string Count(long count) => Row.HitsOf is { } function
        ? $"{count:N0} {(count == 1 ? "hit" : "hits")} of {function}" : $"{count:N0} {(count == 1 ? "drop" : "drops")}";

    /// <summary>Time the gate was open.</summary>
    public TimeSpan Window => TimeSpan.FromSeconds(((Row.ClosedNs ?? 0) - (Row.OpenedNs ?? 0)) / 1e9);

    /// <summary>Drops that the file holds.</summary>
    public long Drops => WriteFailure is null ? Totals.Drops : Totals.Committed;

    /// <summary>Drops the kernel counted and the file does not hold, but for those that may lie between the two gates.</summary>
    public long Missed => Row.WitnessDrops - Drops is { } difference && difference > (Row.WitnessSlack ?? 0) ? difference : 0;

    public ExitCode ExitCode =>
        Leftovers.Count > 0 || WriteFailure is not (null or IOException) ? ExitCode.Failed
        : Missing().Any() || End == FileEnd.WithJournal ? ExitCode.Incomplete
        : ExitCode.Done;

    /// <summary>One sentence: is anything missing?</summary>
    public string Verdict
    {
        get
        {
            var missing = string.Join("; ", Missing());
            if (missing.Length > 0) return $"incomplete: {missing}";
            return Row.WitnessDrops is { } counted
                ? $"complete: the kernel counted {Count(counted)}, none was lost and every line was understood"
                : "unproven: nothing was seen lost, but the kernel's own count could not be read";
        }
    }

    private IEnumerable<string> Missing()
    {
        if (Missed > 0) yield return $"the kernel counted {Count(Row.WitnessDrops ?? 0)}, {Missed:N0} more than were captured";
        if (Row.WitnessDrops < Drops) yield return $"more were captured than the kernel counted ({Row.WitnessDrops:N0}): somebody cleared our instance";
        if (Row.Disturbance is { } disturbance) yield return $"somebody else interfered: {disturbance}";
        if (Totals.Lost > 0) yield return $"{Totals.Lost:N0} ring records lost (an event and its stack are two); a larger --buffer holds more";
        if (Totals.UncountedLosses > 0) yield return $"{Totals.UncountedLosses:N0} holes of unknown size";
        if (Totals.Unparsed > 0) yield return $"{Totals.Unparsed:N0} lines not understood (kept raw)";
        if (Totals.FaultyStreams > 0) yield return $"the text of {Totals.FaultyStreams:N0} CPUs could not be decoded to its end (kept raw)";
        foreach (var step in Relief) yield return Sentence(step);
        if (Row.Ended == RecordingStage.DiskNearlyFull) yield return "the disk was nearly full, so the window ended early";
        if (End == FileEnd.WrittenAnew) yield return "the file was taken away while it was written, and the window ended with that; it was written anew";
        if (WriteFailure is not null) yield return $"the file ends early: {WriteFailure.Message}";
    }

    private string Sentence(ReliefRow step)
    {
        var when = string.Create(CultureInfo.InvariantCulture, $"at {step.TNs / 1e9:F1} s, at {step.Rate:N0} {(Row.HitsOf is null ? "drops" : "hits")} a second (--max-rate {Row.MaxRate})");
        return step.Step == ReliefRow.Stacks
            ? $"stacks were given up {when}: {Count(Totals.AfterStacks)} after that have none"
            : $"the window was ended {when}";
    }
}
