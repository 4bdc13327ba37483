namespace DropForensics.Analyze.Facts;

/// <summary>A LOST line: between two records of one CPU others are missing.</summary>
/// <param name="Cpu">The CPU whose buffer overran.</param>
/// <param name="FromNs">Last record before the hole; the window's start where the stream begins with it.</param>
/// <param name="ToNs">First drop after it on that CPU; the window's end where none follows.</param>
/// <param name="Records">Ring records lost; null where the kernel could not count.</param>
public sealed record HoleFacts(int Cpu, long FromNs, long ToNs, long? Records);
