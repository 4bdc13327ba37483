namespace DropForensics.Analyze.Facts;

/// <summary>Drops while one task was on the CPU. In softirq it was merely interrupted: rarely the packet's owner.</summary>
public sealed record ProcessFacts(int Pid, int? Tgid, string Comm, long Drops, double Share);
