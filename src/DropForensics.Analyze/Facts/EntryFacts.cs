namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets that one function handed to the network stack, or began within it.</summary>
/// <param name="Entry">A driver's poll, <c>process_backlog</c>, a system call; null where the stack does not show one.</param>
/// <param name="Meaning">What it is, in words; null where its name says it.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record EntryFacts(string? Entry, string? Meaning, long Drops, double Share);
