namespace DropForensics.Core.Recording;

/// <summary>Drops that have something in common.</summary>
/// <param name="Key">What: a reason's name, a driver.</param>
/// <param name="Drops">How many.</param>
public sealed record DropCount<TKey>(TKey Key, long Drops);
