namespace DropForensics.Tests.Kernels;

/// <summary>One row of links.tsv: what a case of the drivers' scenario is dropped for, by which function, and the driver behind it.</summary>
internal sealed record DriverDecision(string Case, string Reason, string Subsystem, string Function, string? Driver, string? DriverRule)
{
    public static IReadOnlyList<DriverDecision> All { get; } =
        [.. TsvFile.Matrix("links.tsv").Select(row => new DriverDecision(row[0], row[1], row[2], row[3], Known(row[4]), Known(row[5])))];

    public static DriverDecision Of(string name) => All.Single(row => row.Case == name);

    public DriverKey Key(string @interface, string netns) => new(Reason, Subsystem, Function, Driver, DriverRule, @interface, netns);

    private static string? Known(string text) => text == "-" ? null : text;
}
