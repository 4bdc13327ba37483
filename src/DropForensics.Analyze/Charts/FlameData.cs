namespace DropForensics.Analyze.Charts;

/// <summary>What a flame graph shows.</summary>
/// <param name="Title">What is counted.</param>
/// <param name="Frames">Each after the one it hangs from; of one parent the most frequent first.</param>
/// <param name="Total">Its full width.</param>
/// <param name="Subject">What is counted, many of it: <c>drops</c>.</param>
/// <param name="WhyEmpty">One sentence shown in place of the frames where there are none.</param>
public sealed record FlameData(string Title, IReadOnlyList<FlameFrame> Frames, long Total, string Subject, string WhyEmpty);
