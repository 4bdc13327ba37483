namespace DropForensics.Tests.Kernels;

/// <summary>One row of probes.tsv: what the drops of a run know on some kernels.</summary>
internal sealed record ProbeAbilities(string Run, string[] Kernels, bool Reason, bool Function, bool EtherType, bool Interface, bool Flow)
{
    public static IReadOnlyList<ProbeAbilities> All { get; } =
        [.. TsvFile.Matrix("probes.tsv").Select(row =>
            new ProbeAbilities(row[0], row[2].Split(' '), Is(row[3]), Is(row[4]), Is(row[5]), Is(row[6]), Is(row[7])))];

    /// <summary>What tests/kernels/run makes: each run on each of its kernels.</summary>
    public static IEnumerable<(string Kernel, string Run)> Runs => All.SelectMany(row => row.Kernels.Select(kernel => (kernel, row.Run)));

    public static ProbeAbilities Of(string kernel, string run) => All.Single(row => row.Run == run && row.Kernels.Contains(kernel));

    private static bool Is(string word) => word switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new FormatException($"probes.tsv: '{word}' is neither yes nor no"),
    };
}
