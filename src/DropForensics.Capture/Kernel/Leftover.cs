namespace DropForensics.Capture.Kernel;

/// <summary>Something of ours in tracefs.</summary>
/// <param name="Kind"><c>instance</c> or <c>probe</c>.</param>
/// <param name="Name">The instance's, or <c>group/event</c>.</param>
/// <param name="State">What it is, or what was done about it.</param>
/// <param name="By">Who uses it, or why it could not be removed; null where there is nothing to say.</param>
internal sealed record Leftover(string Kind, string Name, LeftoverState State, string? By = null);
