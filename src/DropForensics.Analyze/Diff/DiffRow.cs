using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Diff;

/// <summary>One thing in both captures.</summary>
public sealed record DiffRow
{
    /// <summary>What it is: a reason, a function, a driver, an interface, a service, a conversation.</summary>
    public required string Name { get; init; }

    /// <summary>Of a function the reason its drops had; null where reasons are not told apart.</summary>
    public string? Reason { get; init; }

    public required Change Change { get; init; }
    public required DiffCount A { get; init; }
    public required DiffCount B { get; init; }

    /// <summary>The rate of B by that of A; null where either is no one number, or A's is 0.</summary>
    public double? Ratio { get; init; }

    /// <summary>How often chance alone sets two equal rates so far apart, a burst taken for one event; null where either is no one number.</summary>
    public double? P { get; init; }

    /// <summary>Whether drops came in bursts, and only their number sets the rates apart: the bursts alone are within noise.</summary>
    public bool InBursts { get; init; }

    /// <summary>Why it is not compared, or what a reader must know of it; null as a rule.</summary>
    public string? Note { get; init; }

    /// <summary>Independent events that the drops of both sides come to (see <see cref="Bursts"/>), by which the change is judged.</summary>
    [JsonIgnore]
    internal (CountRange A, CountRange B) Events { get; init; }

    /// <summary>Whether the name is the kernel's own spelling.</summary>
    [JsonIgnore]
    public bool IsName { get; init; }

    /// <summary>Whether the rates differ for certain.</summary>
    [JsonIgnore]
    public bool IsChange => Change is Change.New or Change.Gone or Change.More or Change.Less;
}
