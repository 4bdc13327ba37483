namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets whose interface was in one network namespace.</summary>
/// <param name="Netns">Its inode, as <c>stat -L /proc/PID/ns/net</c> shows it; null where unknown.</param>
/// <param name="Interfaces">Its interfaces that packets pointed to, the most frequent first, at most five.</param>
/// <param name="Tasks">Some tasks of this namespace that a drop interrupted, by name: a hint at whose it is. At most five.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record NamespaceFacts(
    long? Netns, IReadOnlyList<NamedDrops> Interfaces, IReadOnlyList<string> Tasks, long Drops, double Share);
