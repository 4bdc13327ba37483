namespace DropForensics.Analyze.Charts;

/// <summary>A span of the window in which events were lost.</summary>
/// <param name="StartNs">From the window's start.</param>
/// <param name="EndNs">Not before StartNs.</param>
/// <param name="Lost">How many; null where the kernel did not say.</param>
public sealed record LossSpan(long StartNs, long EndNs, long? Lost);
