using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Findings;

/// <summary>The answer in words; backticks mark names as the kernel spells them.</summary>
/// <param name="Headline">How many: <c>1,204 packets dropped in 60 s.</c>, and of what, where a filter was active.</param>
/// <param name="Cause">What most of them were; null where nothing was dropped.</param>
/// <param name="Way">How those came in; null where nothing was dropped or no stack says.</param>
/// <param name="Note">What a reader must know of all the numbers: that they are no drops, or that the kernel gives no reasons; else null.</param>
/// <param name="Completeness">Whether something is missing.</param>
public sealed record Verdict(string Headline, string? Cause, string? Way, string? Note, Completeness Completeness);
