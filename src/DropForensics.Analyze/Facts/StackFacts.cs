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

/// <summary>One frame of a stack.</summary>
/// <param name="Depth">0 is the deciding function; below zero are tracing and the free path.</param>
/// <param name="Symbol">As printed.</param>
/// <param name="Offset">Bytes from the symbol's start; null where the trace printed bare names.</param>
/// <param name="Module">Null for the kernel image, or where the trace does not say.</param>
/// <param name="IsEntry">Whether it handed the packet to the network stack.</param>
public sealed record FrameFacts(int Depth, string Symbol, long? Offset, string? Module, bool IsEntry)
{
    /// <summary>Whether it decided the drop.</summary>
    public bool IsDeciding => Depth == 0;
}
