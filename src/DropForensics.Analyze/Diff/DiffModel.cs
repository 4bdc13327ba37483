using System.Text.Json.Serialization;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Diff;

/// <summary>The input of every rendering of a comparison: captures, of which each but the first is compared with the first.</summary>
/// <param name="Pairs">The first capture with each of the others; at least one.</param>
public sealed record DiffModel(IReadOnlyList<DiffPair> Pairs)
{
    /// <summary>The captures, the baseline first.</summary>
    public IReadOnlyList<DiffSide> Sides { get; } = [Pairs[0].A, .. Pairs.Select(p => p.B)];

    /// <summary>Whether there are just two, of which a line says all that is known.</summary>
    public bool IsOfTwo => Pairs.Count == 1;

    /// <summary>The tables of all pairs, joined by the keys of their rows.</summary>
    public IReadOnlyList<JoinedTable> Tables { get; } = [.. Pairs.SelectMany(p => p.Tables).Select(t => t.Id).Distinct().Select(id => JoinedTable.Of(id, Pairs))];

    /// <summary>What cannot be compared, and other notes, one sentence each.</summary>
    public IReadOnlyList<string> Limits { get; } = [.. Pairs.SelectMany(p => p.Limits).Distinct()];
}

/// <summary>Two captures compared.</summary>
/// <param name="A">The capture to compare with.</param>
/// <param name="B">The capture to judge.</param>
/// <param name="Total">All drops.</param>
/// <param name="Tables">By what they are compared, reasons first.</param>
/// <param name="Limits">What cannot be compared, and other notes, one sentence each.</param>
/// <param name="Headline">The answer in one sentence; backticks mark the kernel's names.</param>
/// <param name="Increase">What <c>--fail-on-increase</c> found; null if it was not requested.</param>
public sealed record DiffPair(
    DiffSide A, DiffSide B, DiffRow Total, IReadOnlyList<DiffTable> Tables, IReadOnlyList<string> Limits, string Headline, Increase? Increase)
{
    /// <summary>The table of causes: reasons, or functions if reasons are not compared.</summary>
    public DiffTable Causes => Tables[0].WhyNot is null ? Tables[0] : Tables[1];
}

/// <summary>The rates of one kind of thing.</summary>
/// <param name="Id"><c>reasons</c>, <c>sites</c>, <c>drivers</c>, <c>interfaces</c>, <c>services</c>, <c>flows</c>.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Rows">Certain changes first, then ordered by the distance of the rates.</param>
/// <param name="WhyNot">Why there are no rows, or why none of them is compared; usually null.</param>
public sealed record DiffTable(string Id, string Title, IReadOnlyList<DiffRow> Rows, string? WhyNot)
{
    /// <summary>How many drops there may be in B of a kind that neither capture shows.</summary>
    [JsonIgnore]
    internal DiffCount NoneInB { get; init; } = DiffCount.Of(0, CountRange.Exactly(0), null);
}

/// <summary>The tables of one dimension, a line for each thing that any capture has.</summary>
/// <param name="Id">As <see cref="DiffTable"/> has it.</param>
/// <param name="Title">The same for people.</param>
/// <param name="Lines">Certain changes first, then ordered by the largest distance of a rate from the baseline's.</param>
/// <param name="WhyNot">Why no capture can be compared; usually null.</param>
public sealed record JoinedTable(string Id, string Title, IReadOnlyList<JoinedLine> Lines, string? WhyNot)
{
    internal static JoinedTable Of(string id, IReadOnlyList<DiffPair> pairs)
    {
        DiffTable[] tables = [.. pairs.Select(pair => pair.Tables.FirstOrDefault(t => t.Id == id) ?? new DiffTable(id, "", [], null))];
        Dictionary<DimensionKey, DiffRow>[] rows = [.. tables.Select(t => t.Rows.ToDictionary(r => r.Key))];
        IEnumerable<JoinedLine> lines = tables.SelectMany(t => t.Rows).Select(r => r.Key).Distinct()
            .Select(key => new JoinedLine([.. rows.Select(of => of.GetValueOrDefault(key))], [.. tables.Select(t => t.NoneInB)]));
        return new JoinedTable(
            id, tables.First(t => t.Title.Length > 0).Title, [.. lines.OrderBy(l => l.Order).ThenByDescending(l => l.Distance).ThenByDescending(l => l.Drops)
                .ThenBy(l => l.First.Name, StringComparer.Ordinal).ThenBy(l => l.First.Reason, StringComparer.Ordinal)],
            tables.All(t => t.WhyNot is not null) ? string.Join("; ", tables.Select(t => t.WhyNot?.TrimEnd('.')).Distinct()) : null);
    }
}

/// <summary>One thing in all captures.</summary>
/// <param name="Rows">Of each pair; null where neither of the two captures has it.</param>
/// <param name="None">What stands for B of such a pair.</param>
public sealed record JoinedLine(IReadOnlyList<DiffRow?> Rows, IReadOnlyList<DiffCount> None)
{
    /// <summary>A row of it: all have its name.</summary>
    public DiffRow First { get; } = Rows.OfType<DiffRow>().First(); // it is a line because a pair has it

    /// <summary>One a capture. Of the baseline the widest range: what it may lack differs with the capture that it is compared with.</summary>
    public IReadOnlyList<DiffCount> Counts { get; } =
        [Rows.OfType<DiffRow>().Select(r => r.A).MaxBy(a => a.PerSecondMost ?? double.PositiveInfinity)!, .. Rows.Zip(None, (row, none) => row?.B ?? none)];

    internal int Order => Rows.Min(r => r is null ? 2 : r.Order);

    internal double Distance => Rows.Max(r => r is null ? 0 : r.Distance);

    internal long Drops => Counts.Sum(c => c.Drops);
}

/// <summary>One thing in both captures.</summary>
public sealed record DiffRow
{
    /// <summary>What it is, in any capture.</summary>
    [JsonIgnore]
    internal DimensionKey Key { get; init; } = AllDrops.Key;

    /// <summary>What it is: a reason, a function, a driver, an interface, a service, a conversation.</summary>
    public required string Name { get; init; }

    /// <summary>For a function the reason of its drops; null if reasons are not separated.</summary>
    public string? Reason { get; init; }

    public required Change Change { get; init; }
    public required DiffCount A { get; init; }
    public required DiffCount B { get; init; }

    /// <summary>The rate of B divided by that of A; null if either is a range, or A's is 0.</summary>
    public double? Ratio { get; init; }

    /// <summary>The probability that chance alone separates two equal rates this far, counting a burst as one event; null if either is a range.</summary>
    public double? P { get; init; }

    /// <summary>Whether drops came in bursts and the rates differ only by the number of drops: the number of bursts is within noise.</summary>
    public bool InBursts { get; init; }

    /// <summary>Why it is not compared, or another note; usually null.</summary>
    public string? Note { get; init; }

    /// <summary>The numbers of independent events in the drops of both sides (see <see cref="Bursts"/>), by which the change is judged.</summary>
    [JsonIgnore]
    internal (CountRange A, CountRange B) Events { get; init; }

    /// <summary>Whether the name is the kernel's own spelling.</summary>
    [JsonIgnore]
    public bool IsName { get; init; }

    /// <summary>Its place among other rows: certain changes first.</summary>
    internal int Order => IsChange ? 0 : Change == Change.Open ? 1 : 2;

    /// <summary>How far the rates are from each other; where there are no rates, the numbers.</summary>
    internal double Distance => Math.Abs((B.PerSecondLeast ?? B.Drops) - (A.PerSecondLeast ?? A.Drops));

    /// <summary>Whether the rates differ for certain.</summary>
    [JsonIgnore]
    public bool IsChange => Change is Change.New or Change.Gone or Change.More or Change.Less;
}

/// <summary>One side of a row.</summary>
/// <param name="Drops">Captured.</param>
/// <param name="PerSecondLeast">Least drops a second; null if the capture has no length of time.</param>
/// <param name="PerSecondMost">Most drops a second: more than the least if something is missing. Null: unknown.</param>
/// <param name="Rate">The same in words.</param>
public sealed record DiffCount(long Drops, double? PerSecondLeast, double? PerSecondMost, string Rate)
{
    /// <summary>Drops that happened.</summary>
    [JsonIgnore]
    public CountRange Happened { get; init; }

    /// <summary>Whether the rate is one number.</summary>
    internal bool IsExact => PerSecondLeast is not null && PerSecondLeast == PerSecondMost;

    internal static DiffCount Of(long captured, CountRange count, double? seconds) => seconds is { } length
        ? new DiffCount(captured, count.Least / length, count.Most / length, RateWords.Of(count, length)) { Happened = count }
        : new DiffCount(captured, null, null, "unknown") { Happened = count };
}
