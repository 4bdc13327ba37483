using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Diff;

/// <summary>One side of a row.</summary>
/// <param name="Drops">Captured.</param>
/// <param name="PerSecondLeast">Drops a second at least; null where the capture has no length of time.</param>
/// <param name="PerSecondMost">Drops a second at most: more than the least where something is missing. Null: nobody can say.</param>
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
