using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Recording;

/// <summary>How a capture went, as it is printed on the host at its end.</summary>
/// <param name="File">The capture file.</param>
/// <param name="Row">The row of the table <c>capture</c>.</param>
/// <param name="Totals">What it holds.</param>
/// <param name="Ledger">Records counted, read and lost, by CPU.</param>
/// <param name="Relief">What was given up to spare the host; usually empty.</param>
/// <param name="Leftovers">What of tracefs could not be undone; usually empty.</param>
/// <param name="WriteFailure">Why the file ends early; usually null.</param>
/// <param name="End">Whether the file is whole, was written anew, or still has a journal beside it.</param>
/// <param name="Unread">What of the host could not be read, in a sentence; usually null.</param>
/// <param name="Saved">Captures that a flight recorder made before its end.</param>
internal sealed record CaptureResult(
    string File, CaptureRow Row, Totals Totals, CompletenessLedger Ledger, IReadOnlyList<ReliefRow> Relief, IReadOnlyList<string> Leftovers,
    Exception? WriteFailure, FileEnd End, string? Unread, IReadOnlyList<string> Saved)
{
    /// <summary>Whether anything is missing, by the judgement that the analyzer makes too.</summary>
    public Completeness Completeness => CompletenessJudge.Of(Ledger);

    /// <summary>Drops by site and reason; of a flight recorder those of all parts, so some more than once.</summary>
    public IReadOnlyCollection<Tally> Sites { get; init; } = Totals.Sites;

    /// <summary>Of a sample: all drops of the window by reason, which the kernel counted; empty where it does not.</summary>
    public IReadOnlyList<DropCount<string>> Exact { get; init; } = [];

    /// <summary>What was counted, <c>1 drop</c>, <c>7 hits of ip_rcv</c>.</summary>
    public string Count(long count) => Row.HitsOf is { } function
        ? $"{count:N0} {(count == 1 ? "hit" : "hits")} of {function}" : $"{count:N0} {(count == 1 ? "drop" : "drops")}";

    /// <summary>How long it recorded.</summary>
    public TimeSpan Window => TimeSpan.FromSeconds(((Row.ClosedNs ?? 0) - (Row.OpenedNs ?? 0)) / 1e9);

    /// <summary>Drops that the file holds.</summary>
    public long Drops => Ledger.Captured;

    // A full disk leaves a readable file that ends early; any other exception is a fault of ours.
    public ExitCode ExitCode =>
        Leftovers.Count > 0 || WriteFailure is not (null or IOException) ? ExitCode.Failed
        : Completeness.IsIncomplete || End == FileEnd.WithJournal ? ExitCode.Incomplete
        : ExitCode.Done;

    /// <summary><c>complete: Nothing was missed. The kernel itself counted …</c></summary>
    public string Verdict =>
        $"{Completeness.Word}: {string.Join(' ', Completeness.Evidence.Prepend(Completeness.Sentence)).Replace("`", "", StringComparison.Ordinal)}";
}
