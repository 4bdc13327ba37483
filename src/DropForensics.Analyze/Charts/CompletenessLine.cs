namespace DropForensics.Analyze.Charts;

/// <summary>Whether the capture is whole.</summary>
/// <param name="Tone">Colour of the word.</param>
/// <param name="Word"><c>Complete</c>, <c>Incomplete</c>, <c>Unknown</c>.</param>
/// <param name="Text">The numbers behind it, in one sentence.</param>
public sealed record CompletenessLine(Tone Tone, string Word, string Text);
