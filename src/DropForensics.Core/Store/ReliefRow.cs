namespace DropForensics.Core.Store;

/// <summary>Something the agent gave up to spare the host: a row of table <c>relief</c>.</summary>
/// <param name="TNs">When, in ns since the window opened.</param>
/// <param name="Rate">Drops a second that were measured before.</param>
/// <param name="Step">What was given up: <see cref="Stacks"/>, <see cref="Sample"/> or <see cref="Window"/>.</param>
public sealed record ReliefRow(long TNs, long Rate, string Step)
{
    /// <summary>From here on drops have no stack.</summary>
    public const string Stacks = "stacks";

    /// <summary>From here on a sample of the drops was recorded, and all of them were counted.</summary>
    public const string Sample = "sample";

    /// <summary>The window ended.</summary>
    public const string Window = "window";
}
