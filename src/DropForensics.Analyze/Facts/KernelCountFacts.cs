namespace DropForensics.Analyze.Facts;

/// <summary>
/// Drops of one reason and location that the kernel itself counted in the window (a hist trigger), beside those captured. Like the witness it
/// counted a little longer than the capture's gate was open.
/// </summary>
/// <param name="Reason">The kernel's name; null where the kernel has no reasons, or the capture does not name this one.</param>
/// <param name="Value">Its number; null where the kernel has no reasons.</param>
/// <param name="Location">Where freed; null where the capture's own locations cannot be compared, and for drops that the kernel had no room to
/// tell apart.</param>
/// <param name="Counted">By the kernel.</param>
/// <param name="Captured">Here.</param>
public sealed record KernelCountFacts(string? Reason, long? Value, string? Location, long Counted, long Captured);
