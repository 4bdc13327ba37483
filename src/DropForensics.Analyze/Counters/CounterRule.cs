using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Counters;

/// <summary>One line of counters.tsv: counters of the kernel, and the drops that they should agree with.</summary>
/// <param name="Counters">Their names, <c>Udp.NoPorts</c>; they are added up.</param>
/// <param name="Relation"><c>equal</c>, <c>part</c>, <c>some</c> or <c>never</c>: see the file.</param>
/// <param name="Reasons">Reasons of those drops; empty where there are none.</param>
/// <param name="Functions">Functions that decide them; empty for any.</param>
/// <param name="Meaning">What is counted, in words.</param>
/// <param name="Topic">The topic for counts that no drop event shows; null: such counts mean nothing.</param>
/// <param name="Severity">Of those.</param>
internal sealed record CounterRule(
    IReadOnlyList<string> Counters, string Relation, IReadOnlyList<string> Reasons, IReadOnlyList<string> Functions, string Meaning,
    string? Topic, Severity Severity)
{
    public const string Equal = "equal", Part = "part", Some = "some", Never = "never";

    /// <summary>The kernel's reason for a drop it gives no reason for.</summary>
    private const string NotSpecified = "NOT_SPECIFIED";

    /// <summary>All rules, in the file's order.</summary>
    public static IReadOnlyList<CounterRule> All { get; } = Read().ToList();

    /// <summary>Whether the kernel counts it for all namespaces together.</summary>
    public bool IsOfWholeHost { get; } = Counters[0].Split('.')[0] is "softnet" or "arp_cache" or "ndisc_cache";

    /// <summary>Whether a drop is one that the counters count; null if the capture knows too little of it.</summary>
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

/// <summary>A counter beside what was traced, as people read it.</summary>
internal static class CounterWords
{
    /// <summary><c>1,000</c>, <c>20 to 24</c>, <c>no drop event</c></summary>
    public static string Traced(CounterFacts counter) => counter switch
    {
        { Relation: CounterRule.Never } => "no drop event",
        { AtLeast: { } least, AtMost: { } most } => least == most ? Count(least) : $"{Count(least)} to {Count(most)}",
        _ => "unknown",
    };

    /// <summary>What the two numbers mean together.</summary>
    /// <param name="counter">The counter.</param>
    /// <param name="lost">Drops are known to be missing: else no difference is a loss.</param>
    public static string Together(CounterFacts counter, bool lost) => counter switch
    {
        { Relation: CounterRule.Never } => "a capture of drops cannot hold these",
        { Reading: CounterFacts.NotComparable, AtLeast: null } => "not comparable: which of these packets have a drop event is unknown",
        { Reading: CounterFacts.NotComparable } => "the capture's filter may have left some out",
        { Reading: CounterFacts.NotRead, Netns: null } => "unknown: a namespace ended during the window, and with it its counters",
        { Reading: CounterFacts.NotRead } => "unknown: the namespace ended during the window, and with it its counters",
        { Reading: CounterFacts.Agrees, Relation: CounterRule.Part or CounterRule.Some } => "agrees: it also counts other things",
        { Reading: CounterFacts.Agrees } when counter.AtLeast < counter.Counted => "may agree: too little is known about some drops",
        { Reading: CounterFacts.Agrees } => "agree",
        { Reading: CounterFacts.MoreCounted } => $"{Count(counter.Counted - counter.AtMost ?? 0)} more counted: {(lost ? "among the missing, or " : "")}outside the gates",
        _ => $"{Count(counter.AtLeast - counter.Counted ?? 0)} more traced: this kernel counts them elsewhere, or the counter was reset",
    };

    /// <summary>Whether it counts what was traced, or may do so.</summary>
    public static bool Agrees(CounterFacts counter) => counter is { Reading: CounterFacts.Agrees, Relation: not CounterRule.Never };

    /// <summary>Those that mean something, differences first, then what no drop event shows, then by count.</summary>
    public static IEnumerable<CounterFacts> Telling(IEnumerable<CounterFacts> counters) => counters
        .Where(c => c.Relation == CounterRule.Never || (c.Reading is not (CounterFacts.NotComparable or CounterFacts.NotRead) && c is not { Relation: CounterRule.Part or CounterRule.Some, AtMost: 0 }))
        .OrderBy(c => c.Reading switch { CounterFacts.Agrees => 2, CounterFacts.NotComparable or CounterFacts.NotRead => 1, _ => 0 })
        .ThenByDescending(c => c.Counted);

    /// <summary>Counts that no drop event shows first, then counts above the drops, then the others; each by count.</summary>
    public static IEnumerable<CounterFacts> ByWeight(IEnumerable<CounterFacts> counters) => counters
        .OrderBy(c => c.Relation == CounterRule.Never ? 0 : c.Reading switch { CounterFacts.MoreCounted => 1, CounterFacts.MoreTraced => 2, _ => 3 })
        .ThenByDescending(c => c.Counted);

    /// <summary>In one sentence, of a namespace or of the host.</summary>
    public static string Sentence(CounterFacts counter, bool lost)
    {
        string where = counter switch
        {
            { Interface: { } link } => $"on {link}",
            { Netns: { } netns } => $"in namespace {netns}",
            _ => "on the whole host",
        };
        return counter.Relation == CounterRule.Never
            ? $"{where}: {Count(counter.Counted)} {counter.Counter}, {counter.Meaning}"
            : $"{where}: {Count(counter.Counted)} {counter.Counter}, {Traced(counter)} traced: {Together(counter, lost)}";
    }
}
