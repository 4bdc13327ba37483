namespace DropForensics.Core.Store;

/// <summary>A stream of trace text a capture holds.</summary>
/// <param name="Cpu">The CPU whose trace_pipe it is; null for a merged one.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Bytes">Its size as text.</param>
public sealed record RawStream(int? Cpu, long Lines, long Bytes);
