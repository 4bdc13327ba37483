namespace DropForensics.Analyze.Replay;

/// <summary>What is asked for.</summary>
/// <param name="Capture">Path of the capture.</param>
/// <param name="Json">JSON lines instead of text.</param>
/// <param name="Stacks">With each drop's stack.</param>
internal sealed record ReplayOptions(string Capture, bool Json, bool Stacks);
