namespace DropForensics.Analyze.Facts;

/// <summary>One distinct stack and the drops it led to.</summary>
/// <param name="Id">Its id in the capture (<c>stack_id</c> of the views).</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
/// <param name="Reason">The reason of most of them.</param>
/// <param name="Function">The deciding function.</param>
/// <param name="EntryKind">What its entry is.</param>
/// <param name="Frames">Innermost first, the tracing machinery's own included.</param>
public sealed record StackFacts(long Id, long Drops, double Share, string? Reason, string? Function, EntryKind EntryKind, IReadOnlyList<FrameFacts> Frames);
