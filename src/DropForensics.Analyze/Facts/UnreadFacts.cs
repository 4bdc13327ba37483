namespace DropForensics.Analyze.Facts;

/// <summary>Something about the host that the agent could not read, because it vanished or changed meanwhile, or the kernel refused.</summary>
/// <param name="Phase"><c>before</c> or <c>after</c> the window.</param>
/// <param name="What"><c>network namespace 4026532178</c>.</param>
/// <param name="Why">In words.</param>
public sealed record UnreadFacts(string Phase, string What, string Why);
