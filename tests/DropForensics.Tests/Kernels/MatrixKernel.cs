namespace DropForensics.Tests.Kernels;

/// <summary>One row of kernels.tsv.</summary>
/// <param name="Name">A version, perhaps with a dash and what else is special about it: <c>6.12-arm64-16k</c>.</param>
/// <param name="Traffic">A directory in tests/kernels/guest.</param>
/// <param name="Architecture">Debian's name: <c>amd64</c>, <c>arm64</c>.</param>
/// <param name="Also">Scripts in guest that are run there beside.</param>
/// <param name="InCi">Each run of CI boots it; others are asked about only where somebody booted them.</param>
internal sealed record MatrixKernel(string Name, string Traffic, string Architecture, string[] Also, bool InCi)
{
    public static IReadOnlyList<MatrixKernel> Every { get; } =
        [.. TsvFile.Matrix("kernels.tsv").Select(row => new MatrixKernel(row[0], row[4], row[5], row[6].Split(' '), row[7] == "ci"))];

    /// <summary>Those that tests ask about.</summary>
    public static IReadOnlyList<MatrixKernel> All { get; } = [.. Every.Where(kernel => kernel.InCi || kernel.IsBooted)];

    public static MatrixKernel Of(string name) => Every.Single(kernel => kernel.Name == name);

    public static IEnumerable<string> With(string script) => All.Where(kernel => kernel.Also.Contains(script)).Select(kernel => kernel.Name);

    public Version Version => Version.Parse(Name.Split('-')[0]);

    private bool IsBooted =>
        Environment.GetEnvironmentVariable("DROPFORENSICS_KERNELS") is { } results && File.Exists(Path.Combine(results, Name, "finished"));
}
