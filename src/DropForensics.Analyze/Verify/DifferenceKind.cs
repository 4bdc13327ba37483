namespace DropForensics.Analyze.Verify;

/// <summary>The differences of one column.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Column">The column; <c>*</c> for whole rows.</param>
/// <param name="Count">How many.</param>
/// <param name="First">The first few.</param>
internal sealed record DifferenceKind(string Table, string Column, long Count, IReadOnlyList<Difference> First);
