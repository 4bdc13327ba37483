namespace DropForensics.Analyze.Charts;

/// <summary>A value that may be known as a range only: the bar is solid to its lower end and hatched to its upper.</summary>
/// <param name="Least">0 or more.</param>
/// <param name="Most">Null: without an upper end.</param>
/// <param name="Text">The same in words, with its unit.</param>
/// <param name="Count">What was counted for it.</param>
public sealed record BarValue(double Least, double? Most, string Text, long Count);
