namespace DropForensics.Analyze.Charts;

/// <summary>One frame of a flame graph: a function, under the one below which it stands.</summary>
/// <param name="Parent">Index of the frame it hangs from; -1 for those of the first row.</param>
/// <param name="Name">The function, its module in brackets behind it.</param>
/// <param name="Drops">How many stacks go through it, 0 or more; not below the sum of those that hang from it.</param>
/// <param name="Reason">Of the first row: the reason, or function, whose colour it takes.</param>
public sealed record FlameFrame(int Parent, string Name, long Drops, string? Reason = null)
{
    /// <summary>Whether the kernel names a module.</summary>
    public bool IsModule => Name.EndsWith(']');
}
