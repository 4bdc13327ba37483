namespace DropForensics.Analyze.Charts;

/// <summary>One thing and its two values.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Mono">Whether the label is a name as the kernel spells it.</param>
/// <param name="Word">What became of it: <c>new</c>, <c>gone</c>, <c>more</c>.</param>
/// <param name="First">Its first value.</param>
/// <param name="Second">Its second.</param>
public sealed record PairedBarRow(string Label, bool Mono, string Word, BarValue First, BarValue Second);
