namespace DropForensics.Analyze.Charts;

/// <summary>What a chart of pairs shows: two values of each thing, drawn to one scale.</summary>
/// <param name="Title">What is compared: <c>Drops a second by reason</c>.</param>
/// <param name="First">What the first bar of each pair is of: <c>A: before.db</c>.</param>
/// <param name="Second">What the second is of.</param>
/// <param name="Rows">In the order they are drawn in.</param>
/// <param name="WhyEmpty">One sentence shown in place of the bars where there are no rows.</param>
public sealed record PairedBarData(string Title, string First, string Second, IReadOnlyList<PairedBarRow> Rows, string WhyEmpty);

/// <summary>One thing and its two values.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Mono">Whether the label is a name as the kernel spells it.</param>
/// <param name="Word">What became of it: <c>new</c>, <c>gone</c>, <c>more</c>.</param>
/// <param name="First">Its first value.</param>
/// <param name="Second">Its second.</param>
public sealed record PairedBarRow(string Label, bool Mono, string Word, BarValue First, BarValue Second);

/// <summary>A value that may be known as a range only: the bar is solid to its lower end and hatched to its upper.</summary>
/// <param name="Least">0 or more.</param>
/// <param name="Most">Null: without an upper end.</param>
/// <param name="Text">The same in words, with its unit.</param>
/// <param name="Count">What was counted for it.</param>
public sealed record BarValue(double Least, double? Most, string Text, long Count);
