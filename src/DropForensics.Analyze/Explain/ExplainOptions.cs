namespace DropForensics.Analyze.Explain;

/// <summary>What <c>analyze explain</c> was asked.</summary>
/// <param name="Name">A reason, a function or a number.</param>
/// <param name="Kernel">A release; null: any.</param>
/// <param name="Json">One JSON document instead of text.</param>
internal sealed record ExplainOptions(string Name, string? Kernel, bool Json);
