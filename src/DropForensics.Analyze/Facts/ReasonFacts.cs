namespace DropForensics.Analyze.Facts;

/// <summary>Drops of one reason.</summary>
/// <param name="Reason">The kernel's name; null where the kernel or the probe gave none.</param>
/// <param name="Value">Its number on this host, where known.</param>
/// <param name="Subsystem"><c>core</c>, <c>mac80211</c> …</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record ReasonFacts(string? Reason, long? Value, string? Subsystem, long Drops, double Share);
