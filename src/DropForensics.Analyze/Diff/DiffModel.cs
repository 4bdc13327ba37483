using System.Text.Json.Serialization;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Diff;

/// <summary>The input of every rendering of a comparison.</summary>
/// <param name="A">The capture to compare with.</param>
/// <param name="B">The capture to judge.</param>
/// <param name="Total">All drops.</param>
/// <param name="Tables">By what they are compared, reasons first.</param>
/// <param name="Limits">What cannot be compared, and other notes, one sentence each.</param>
/// <param name="Headline">The answer in one sentence; backticks mark the kernel's names.</param>
/// <param name="Increase">What <c>--fail-on-increase</c> found; null if it was not requested.</param>
public sealed record DiffModel(
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
public sealed record DiffTable(string Id, string Title, IReadOnlyList<DiffRow> Rows, string? WhyNot);

/// <summary>One thing in both captures.</summary>
public sealed record DiffRow
{
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
