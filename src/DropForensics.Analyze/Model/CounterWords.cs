using DropForensics.Analyze.Counters;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Model;

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

    /// <summary>What the two numbers say together.</summary>
    /// <param name="counter">The counter.</param>
    /// <param name="lost">Drops are known to be missing: else no difference is a loss.</param>
    public static string Together(CounterFacts counter, bool lost) => counter switch
    {
        { Relation: CounterRule.Never } => "a capture of drops cannot hold these",
        { Reading: CounterFacts.NotComparable, AtLeast: null } => "this probe does not show the interface",
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

    /// <summary>Those that say something, differences first, then what no drop event shows, then by count.</summary>
    public static IEnumerable<CounterFacts> Telling(IEnumerable<CounterFacts> counters) => counters
        .Where(c => c.Relation == CounterRule.Never || (c.Reading is not (CounterFacts.NotComparable or CounterFacts.NotRead) && c is not { Relation: CounterRule.Part or CounterRule.Some, AtMost: 0 }))
        .OrderBy(c => c.Reading switch { CounterFacts.Agrees => 2, CounterFacts.NotComparable or CounterFacts.NotRead => 1, _ => 0 })
        .ThenByDescending(c => c.Counted);

    /// <summary>What no drop event shows first, then what was counted beyond the drops, then what was not; each by count.</summary>
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
