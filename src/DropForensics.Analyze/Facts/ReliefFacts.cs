namespace DropForensics.Analyze.Facts;

/// <summary>What the agent gave up to spare the host, because drops came faster than it was allowed to burden the host with.</summary>
/// <param name="AtNs">When, in <c>t_ns</c>.</param>
/// <param name="Rate">Drops a second that were measured.</param>
/// <param name="Step"><c>stacks</c>: from here on drops have none; <c>window</c>: the window ended.</param>
public sealed record ReliefFacts(long AtNs, long Rate, string Step);
