namespace DropForensics.Tests.Kernels;

/// <summary>One row of reasons.tsv: what a case of the scenario is dropped for, and by which function, on a range of kernels.</summary>
/// <param name="Architecture">Where it is so on that one alone.</param>
internal sealed record DropDecision(string Case, Version First, Version Last, string? Reason, string Function, string? Architecture)
{
    private static readonly DropDecision[] All =
        [.. TsvFile.Matrix("reasons.tsv").Select(row =>
            new DropDecision(row[0], Version.Parse(row[1]), Version.Parse(row[2]), row[3] == "-" ? null : row[3], row[4], row.ElementAtOrDefault(5)))];

    /// <param name="name">The case.</param>
    /// <param name="kernel">As kernels.tsv names it.</param>
    public static DropDecision Of(string name, string kernel)
    {
        var (version, architecture) = (MatrixKernel.Of(kernel).Version, MatrixKernel.Of(kernel).Architecture);
        var rows = All.Where(row => row.Case == name && row.First <= version && version <= row.Last).ToList();
        return rows.SingleOrDefault(row => row.Architecture == architecture) ?? rows.Single(row => row.Architecture is null);
    }
}
