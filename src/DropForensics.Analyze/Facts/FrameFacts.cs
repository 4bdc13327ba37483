namespace DropForensics.Analyze.Facts;

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
