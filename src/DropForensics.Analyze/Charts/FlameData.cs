namespace DropForensics.Analyze.Charts;

/// <summary>What a flame graph shows.</summary>
/// <param name="Title">What is counted.</param>
/// <param name="Frames">Each after the one it hangs from; of one parent the most frequent first.</param>
/// <param name="Total">Its full width.</param>
/// <param name="Subject">What is counted, many of it: <c>drops</c>.</param>
/// <param name="WhyEmpty">One sentence shown in place of the frames where there are none.</param>
public sealed record FlameData(string Title, IReadOnlyList<FlameFrame> Frames, long Total, string Subject, string WhyEmpty);

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
