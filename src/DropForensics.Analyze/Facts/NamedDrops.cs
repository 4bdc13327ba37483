namespace DropForensics.Analyze.Facts;

/// <summary>Drops under one name; null where it is unknown.</summary>
public sealed record NamedDrops(string? Name, long Drops);
