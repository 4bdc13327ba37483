namespace DropForensics.Analyze.Diff;

/// <summary>The rates of one kind of thing.</summary>
/// <param name="Id"><c>reasons</c>, <c>sites</c>, <c>drivers</c>, <c>interfaces</c>, <c>services</c>, <c>flows</c>.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Rows">What changed for certain first, then by how far the rates are apart.</param>
/// <param name="WhyNot">Why there are no rows, or why none of them is compared; null as a rule.</param>
public sealed record DiffTable(string Id, string Title, IReadOnlyList<DiffRow> Rows, string? WhyNot);
