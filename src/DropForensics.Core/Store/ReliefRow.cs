namespace DropForensics.Core.Store;

/// <summary>Something the agent gave up to spare the host: a row of table <c>relief</c>.</summary>
/// <param name="TNs">When, in ns since the window opened.</param>
/// <param name="Rate">Drops a second that were measured before.</param>
/// <param name="Step">What was given up: <see cref="Stacks"/>, <see cref="Sample"/> or <see cref="Window"/>.</param>
public sealed record ReliefRow(long TNs, long Rate, string Step)
{
    // Of the steps that are told again at the beginning of a part, each is a nanosecond after the one before.
    private const long AtBegin = 1_000_000;

    /// <summary>It was taken in a part of a flight recorder before this one; the agent first looks after a second.</summary>
    public bool WasBefore => TNs < AtBegin;

    /// <summary>From here on drops have no stack.</summary>
    public const string Stacks = "stacks";

    /// <summary>From here on a sample of the drops was recorded, and all of them were counted.</summary>
    public const string Sample = "sample";

    /// <summary>The window ended.</summary>
    public const string Window = "window";
}
