namespace DropForensics.Core.Ledger;

/// <summary>The verdict on how much of what happened a capture holds. Backticks mark kernel names.</summary>
/// <param name="Word"><c>complete</c>, <c>incomplete</c> or <c>unproven</c>.</param>
/// <param name="AtLeast">Least number of missing drops; also 0 if something is missing and the number of drops in it is unknown.</param>
/// <param name="Sentence">The verdict as a sentence.</param> <param name="Gaps">Where drops are missing; empty if none are.</param> <param
/// name="Evidence">The evidence, one sentence each.</param>
public sealed record Completeness(string Word, long AtLeast, string Sentence, IReadOnlyList<Gap> Gaps, IReadOnlyList<string> Evidence)
{
    /// <summary>Drops that the agent counted and left out on purpose, because it recorded a sample; not part of <see cref="AtLeast"/>.</summary>
    public long BySampling { get; init; }

    /// <summary>The values of <see cref="Word"/>.</summary>
    public const string Complete = "complete", Incomplete = "incomplete", Unproven = "unproven";

    /// <summary>Whether something is known to be missing: exit code 4.</summary>
    public bool IsIncomplete => Word == Incomplete;
}

/// <summary>One place where something is missing.</summary>
/// <param name="Stage">One of <see cref="Stages"/>.</param>
/// <param name="Cpu">The CPU, if it is a single one.</param>
/// <param name="Interface">The interface, if it is one's.</param>
/// <param name="AtLeast">Least number of drops missing here; null if unknown.</param>
public sealed record Gap(string Stage, int? Cpu, string? Interface, long? AtLeast);
