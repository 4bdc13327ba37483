namespace DropForensics.Analyze.Queries;

/// <summary>What a column holds: text, or a number, or neither.</summary>
internal readonly record struct DropValue(string? Text, long? Number);
