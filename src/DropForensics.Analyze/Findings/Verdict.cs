using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Findings;

/// <summary>The answer in words; backticks mark names as the kernel spells them.</summary>
/// <param name="Headline">The top finding's title; where there is none, how many packets were dropped: <c>No packet was dropped in 60 s.</c></param>
/// <param name="Counted">How many there were of all: <c>1,204 packets dropped in 60 s.</c>, <c>150,000 packets dropped in 60 s, 74,048 recorded.</c>, and of what, where a filter was active; null where the headline says it.</param>
/// <param name="Cause">Which function and reason most of the top finding's were; null where nothing was dropped.</param>
/// <param name="Way">How those came in; null where nothing was dropped or no stack says.</param>
/// <param name="Note">What a reader must know of all the numbers: that they are no drops, or that the kernel gives no reasons; else null.</param>
/// <param name="Completeness">Whether something is missing.</param>
public sealed record Verdict(string Headline, string? Counted, string? Cause, string? Way, string? Note, Completeness Completeness);
