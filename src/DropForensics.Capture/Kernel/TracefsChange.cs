namespace DropForensics.Capture.Kernel;

/// <summary>One change to tracefs, as a plan notes it.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Path">The file or directory.</param>
/// <param name="Value">What is written, without its newline; empty where nothing is.</param>
internal sealed record TracefsChange(TracefsChangeKind Kind, string Path, string Value = "");
