namespace DropForensics.Core.Attribution;

/// <summary>How a driver was found: the values of <c>driver_rule</c> and their order.</summary>
public static class DriverRule
{
    /// <summary>The kernel named it: the module of a frame.</summary>
    public const string Module = "module";

    /// <summary>The driver of the packet's own interface, or of the interface below it.</summary>
    public const string Interface = "interface";

    /// <summary>By the prefix of a function's name.</summary>
    public const string Symbol = "symbol";

    /// <summary>Inferred from the counters of those that fill the backlog: <see cref="BacklogAttribution"/>.</summary>
    public const string Backlog = "backlog";

    /// <summary>
    /// The driver of a drop: first what the kernel names, then the packet's own interface, then an inference; for the backlog only if no interface is
    /// known. The view <c>drops</c> (schema.sql) has the same rule.
    /// </summary>
    /// <param name="driver">Its site's; null where unknown.</param>
    /// <param name="rule">Its site's.</param>
    /// <param name="hasInterface">The packet's interface is known.</param>
    /// <param name="baseDriver">The driver of that; null where unknown.</param>
    public static (string? Driver, string? Rule) First(string? driver, string? rule, bool hasInterface, string? baseDriver) =>
        rule == Module ? (driver, rule)
        : baseDriver is not null ? (baseDriver, Interface)
        : rule == Symbol || !hasInterface ? (driver, rule)
        : (null, null);
}
