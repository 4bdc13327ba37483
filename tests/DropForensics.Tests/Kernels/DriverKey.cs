namespace DropForensics.Tests.Kernels;

/// <summary>What identifies a kind of drop where the driver is asked about, each part null where it is unknown.</summary>
internal sealed record DriverKey(
    string? Reason, string? Subsystem, string? Function, string? Driver, string? DriverRule, string? Interface, string? Netns)
{
    /// <summary>
    /// Of the view drops, in the order of the parameters. What the counters let infer of the backlog depends on whether a sender still
    /// ran when it was looked up, and counts as unknown.
    /// </summary>
    public const string Columns =
        "reason, subsystem, function, CASE WHEN driver_rule <> 'backlog' THEN driver END, nullif(driver_rule, 'backlog'), interface, netns";

    /// <summary>The columns by number, for GROUP BY.</summary>
    public const string Positions = "1, 2, 3, 4, 5, 6, 7";

    public static DriverKey Of(IReadOnlyList<string?> parts) =>
        new(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);

    /// <summary>What is left of it where a probe does not see interfaces.</summary>
    public DriverKey SeenBy(ProbeAbilities probe) =>
        probe.Interface ? this
        : DriverRule == "interface" ? this with { Driver = null, DriverRule = null, Interface = null, Netns = null }
        : this with { Interface = null, Netns = null };
}
