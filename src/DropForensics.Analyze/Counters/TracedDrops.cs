namespace DropForensics.Analyze.Counters;

/// <summary>Captured drops of one kind, as far as counters tell kinds apart.</summary>
/// <param name="Netns">Namespace of the packet's interface; null where unknown.</param>
/// <param name="Interface">That interface; null where unknown.</param>
/// <param name="Reason">Null where none was given.</param>
/// <param name="Function">Who decided; null where unknown.</param>
/// <param name="Drops">How many.</param>
internal sealed record TracedDrops(long? Netns, string? Interface, string? Reason, string? Function, long Drops);
