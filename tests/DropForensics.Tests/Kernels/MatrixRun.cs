using System.Text;
using System.Text.Json;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;

namespace DropForensics.Tests.Kernels;

/// <summary>What one run of the agent on one kernel of the matrix left, beside what the scenario sent meanwhile.</summary>
internal sealed class MatrixRun(string directory, string kernel, string run)
{
    public string Database { get; init; } = Path.Combine(directory, $"{run}.db");

    public string ExitCode => File.ReadAllText(Path.Combine(directory, $"{run}.exit")).Trim();

    public string Log => File.ReadAllText(Path.Combine(directory, $"{run}.log"));

    public JsonElement Result => JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, $"{run}.json"))).RootElement;

    /// <summary>The guest's facts.tsv: of a netns its inode by label.</summary>
    public string Netns(string label) =>
        TsvFile.Rows(Path.Combine(directory, "facts.tsv")).Single(row => row[0] == "netns" && row[1] == label)[2];

    /// <summary>The raw text of all CPUs.</summary>
    public string Raw
    {
        get
        {
            using var reader = CaptureReader.Open(Database);
            using var text = new MemoryStream();
            foreach (var stream in reader.Streams()) reader.ReadRaw(stream.Cpu, text);
            return Encoding.Latin1.GetString(text.ToArray());
        }
    }

    /// <summary>What was sent, row by row.</summary>
    public IEnumerable<string[]> Sent() => TsvFile.Rows(Path.Combine(directory, $"{run}.expected.tsv"));

    /// <summary>
    /// How many drops of each kind the scenario must have caused, as far as the run's probe can tell kinds apart and its options let them
    /// through.
    /// </summary>
    public Dictionary<DropKey, long> Expected(ProbeAbilities probe) =>
        Sent().Select(row => (Kind: Key(row), Count: long.Parse(row[9])))
            .Where(sent => (probe.Option("--interface") ?? sent.Kind.Interface) == sent.Kind.Interface)
            .Where(sent => (probe.Option("--reason") ?? sent.Kind.Reason) == sent.Kind.Reason)
            .GroupBy(sent => sent.Kind.SeenBy(probe), sent => sent.Count).ToDictionary(group => group.Key, group => group.Sum());

    /// <summary>How many drops of each kind the capture holds.</summary>
    public Dictionary<DropKey, long> Captured() =>
        Db.Texts(Database, $"SELECT {DropKey.Columns}, count(*) FROM drops GROUP BY {DropKey.Columns}")
            .ToDictionary(row => DropKey.Of(row), row => long.Parse(row[^1]!));   // count(*) is never NULL

    /// <summary>The same of a drivers' scenario, whose rows are case, interface, netns and count.</summary>
    public Dictionary<DriverKey, long> ExpectedDrivers(ProbeAbilities probe) =>
        Sent().GroupBy(row => DriverDecision.Of(row[0]).Key(row[1], Netns(row[2])).SeenBy(probe), row => long.Parse(row[3]))
            .ToDictionary(group => group.Key, group => group.Sum());

    /// <summary>How many drops behind each driver the capture holds.</summary>
    public Dictionary<DriverKey, long> CapturedDrivers() =>
        Db.Texts(Database, $"SELECT {DriverKey.Columns}, count(*) FROM drops GROUP BY {DriverKey.Positions}")
            .ToDictionary(row => DriverKey.Of(row), row => long.Parse(row[^1]!));   // count(*) is never NULL

    /// <summary>The interfaces the agent found, those named in lower links too as in interfaces.tsv: <c>peer:eth0</c>.</summary>
    public List<(string Name, string Driver, string Lower, string BaseDriver)> Interfaces()
    {
        var rows = Db.Texts(Database, "SELECT netns, ifindex, name, ifnull(driver, '-'), ifnull(lower, '-'), ifnull(base_driver, '-') FROM interface")
            .Select(row => row.Select(part => part!).ToArray()).ToList();   // no column can be NULL
        var labels = new[] { "root", "peer" }.ToDictionary(Netns);
        var names = rows.ToDictionary(row => $"{row[0]}:{row[1]}", row => $"{labels[row[0]]}:{row[2]}");
        return [.. rows.Select(row => (names[$"{row[0]}:{row[1]}"], row[3], Lower(row), row[5]))];

        string Lower(string[] row) =>
            row[4] == "-" ? "-" : string.Join(' ', row[4].Split(' ').Select(link => names[link.Contains(':') ? link : $"{row[0]}:{link}"]));
    }

    // case interface netns ethertype ip_protocol src dst sport dport count tunnel inner_src inner_dst inner_sport inner_dport
    private DropKey Key(string[] row)
    {
        var decision = DropDecision.Of(row[0], kernel);
        string?[] parts =
            [decision.Reason, decision.Function, row[3], row[1], Netns(row[2]), .. row[4..9], .. row[10..15]];
        return DropKey.Of([.. parts.Select(part => part == "-" ? null : part)]);
    }
}
