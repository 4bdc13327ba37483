namespace DropForensics.Tests.Kernels;

/// <summary>One row of reasons.tsv: what a case of the scenario is dropped for, and by which function, on a range of kernels.</summary>
internal sealed record DropDecision(string Case, Version First, Version Last, string? Reason, string Function)
{
    private static readonly DropDecision[] All =
        [.. TsvFile.Matrix("reasons.tsv").Select(row =>
            new DropDecision(row[0], Version.Parse(row[1]), Version.Parse(row[2]), row[3] == "-" ? null : row[3], row[4]))];

    /// <param name="name">The case.</param>
    /// <param name="kernel">As kernels.tsv names it: a version, perhaps with a dash and what else is special about it.</param>
    public static DropDecision Of(string name, string kernel)
    {
        var version = Version.Parse(kernel.Split('-')[0]);
        return All.Single(row => row.Case == name && row.First <= version && version <= row.Last);
    }
}
