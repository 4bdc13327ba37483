namespace DropForensics.Tests.Kernels;

/// <summary>One row of probes.tsv: what the drops of a run know on some kernels.</summary>
internal sealed record ProbeAbilities(
    string Run, string Options, string[] Kernels, bool Reason, bool Function, bool EtherType, bool Interface, bool Flow)
{
    public static IReadOnlyList<ProbeAbilities> All { get; } =
        [.. TsvFile.Matrix("probes.tsv").Select(row =>
            new ProbeAbilities(row[0], row[1], row[2].Split(' '), Is(row[3]), Is(row[4]), Is(row[5]), Is(row[6]), Is(row[7])))];

    /// <summary>What tests/kernels/run makes: each run on each of its kernels.</summary>
    public static IEnumerable<(string Kernel, string Run)> Runs => All.SelectMany(row => row.Kernels.Where(kernel => MatrixKernel.All.Any(each => each.Name == kernel)).Select(kernel => (kernel, row.Run)));

    public static ProbeAbilities Of(string kernel, string run) => All.Single(row => row.Run == run && row.Kernels.Contains(kernel));

    /// <summary>Calls of a function were recorded, not drops.</summary>
    public bool RecordsCalls => Option("--function") is not null;

    /// <summary>The word behind an option of the run; null without it.</summary>
    public string? Option(string name)
    {
        var words = Options.Split(' ');
        var at = Array.IndexOf(words, name);
        return at < 0 ? null : words[at + 1];
    }

    private static bool Is(string word) => word switch
    {
        "yes" => true,
        "no" => false,
        _ => throw new FormatException($"probes.tsv: '{word}' is neither yes nor no"),
    };
}
