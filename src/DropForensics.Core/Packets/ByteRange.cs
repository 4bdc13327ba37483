namespace DropForensics.Core.Packets;

/// <summary>Neighbouring bytes of a window.</summary>
/// <param name="Start">Index of the first.</param>
/// <param name="End">Index behind the last.</param>
public readonly record struct ByteRange(int Start, int End);
