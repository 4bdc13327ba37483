namespace DropForensics.Analyze.Charts;

/// <summary>Drops over time.</summary>
/// <param name="WindowNs">Length of the capture window; above 0.</param>
/// <param name="BinNs">Length of a time bin; above 0. Bin i holds the drops from i × BinNs on, counted from the window's start.</param>
/// <param name="Series">One for each reason, or each function, in any order.</param>
/// <param name="Losses">Spans in which drops may have happened unseen.</param>
/// <param name="StartUtc">When the window opened; null where no clock says.</param>
/// <param name="Instant">What is said in place of columns where all drops have one time and no window is known; else null.</param>
/// <param name="Subject">What is counted, many of it: <c>drops</c>, <c>hits</c>.</param>
/// <param name="One">One of it: <c>drop</c>, <c>hit</c>.</param>
public sealed record TimelineData(
    long WindowNs,
    long BinNs,
    IReadOnlyList<ReasonSeries> Series,
    IReadOnlyList<LossSpan> Losses,
    DateTime? StartUtc,
    string? Instant = null,
    string Subject = "drops",
    string One = "drop");

/// <summary>The drops of one reason over time.</summary>
/// <param name="Reason">The kernel's name, <c>NO_SOCKET</c>.</param>
/// <param name="Counts">Drops in each bin, 0 or more; may be shorter than the window, the rest is 0.</param>
public sealed record ReasonSeries(string Reason, IReadOnlyList<long> Counts);

/// <summary>A span of the window in which events were lost.</summary>
/// <param name="StartNs">From the window's start.</param>
/// <param name="EndNs">Not before StartNs.</param>
/// <param name="Lost">How many; null where the kernel did not say.</param>
public sealed record LossSpan(long StartNs, long EndNs, long? Lost);
