using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Counters;

/// <summary>One line of counters.tsv: counters of the kernel, and the drops that they should agree with.</summary>
/// <param name="Counters">Their names, <c>Udp.NoPorts</c>; they are added up.</param>
/// <param name="Relation"><c>equal</c>, <c>part</c>, <c>some</c> or <c>never</c>: see the file.</param>
/// <param name="Reasons">Reasons of those drops; empty where there are none.</param>
/// <param name="Functions">Functions that decide them; empty for any.</param>
/// <param name="Meaning">What is counted, in words.</param>
/// <param name="Topic">What counts are told under that no drop event shows; null: such counts say nothing.</param>
/// <param name="Severity">Of those.</param>
internal sealed record CounterRule(
    IReadOnlyList<string> Counters, string Relation, IReadOnlyList<string> Reasons, IReadOnlyList<string> Functions, string Meaning,
    string? Topic, Severity Severity)
{
    public const string Equal = "equal", Part = "part", Some = "some", Never = "never";

    /// <summary>What the kernel gives where it does not say why.</summary>
    private const string NotSpecified = "NOT_SPECIFIED";

    /// <summary>All rules, in the file's order.</summary>
    public static IReadOnlyList<CounterRule> All { get; } = Read().ToList();

    /// <summary>Whether the kernel counts it for all namespaces together.</summary>
    public bool IsOfWholeHost { get; } = Counters[0].Split('.')[0] is "softnet" or "arp_cache" or "ndisc_cache";

    /// <summary>Whether a drop is one that the counters count; null where the capture knows too little of it to say.</summary>
    public bool? Covers(string? reason, string? function)
    {
        bool? byFunction = Functions.Count == 0 ? true : function is null ? null : Functions.Contains(function);
        if (reason is not (null or NotSpecified))
        {
            return Reasons.Contains(reason) ? byFunction : false;
        }

        // Without a reason it may be one of these, unless another function decided.
        return byFunction == false ? false : null;
    }

    private static IEnumerable<CounterRule> Read()
    {
        using Stream stream = typeof(CounterRule).Assembly.GetManifestResourceStream("counters.tsv")
            ?? throw new InvalidOperationException("counters.tsv is not in the program");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            string[] fields = line.Split('\t');
            yield return new CounterRule(fields[0].Split(' '), fields[1], List(fields[2]), List(fields[3]), fields[4],
                fields[5] == "-" ? null : fields[5].Split(' ')[0], fields[5] == "-" ? Severity.Depends : Enum.Parse<Severity>(fields[5].Split(' ')[1], ignoreCase: true));
        }
    }

    private static string[] List(string field) => field == "-" ? [] : field.Split(' ');
}
