namespace DropForensics.Core.Store;

/// <summary>One CPU's ring after its reader died.</summary>
/// <param name="Cpu">Whose.</param>
/// <param name="Stats">Its <c>stats</c> file.</param>
/// <param name="Unread">Records that nobody read: overwritten, given up, or still in it.</param>
public sealed record DeadRing(int Cpu, byte[] Stats, long Unread);
