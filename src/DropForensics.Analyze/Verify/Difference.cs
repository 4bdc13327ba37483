namespace DropForensics.Analyze.Verify;

/// <summary>What the file says in one place, and what there should be.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">Its column; <c>*</c> for the whole row.</param>
/// <param name="Row">Which row: its id, or where it belongs.</param>
/// <param name="Stored">What stands there; null for NULL, or for no row.</param>
/// <param name="Found">What the text, or another table, gives; null for NULL, or for nothing.</param>
internal sealed record Difference(string Table, string Column, string Row, string? Stored, string? Found);
