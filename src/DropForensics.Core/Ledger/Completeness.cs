namespace DropForensics.Core.Ledger;

/// <summary>The judgement: how much of what happened a capture holds. Backticks mark names as the kernel spells them.</summary>
/// <param name="Word"><c>complete</c>, <c>incomplete</c> or <c>unproven</c>.</param>
/// <param name="AtLeast">Drops that are missing at least; 0 also where something is missing and nobody can say how many drops it held.</param>
/// <param name="Sentence">The same in a sentence.</param>
/// <param name="Gaps">Where they are missing; empty where nothing is.</param>
/// <param name="Evidence">What it rests on, a sentence each.</param>
public sealed record Completeness(string Word, long AtLeast, string Sentence, IReadOnlyList<Gap> Gaps, IReadOnlyList<string> Evidence)
{
    /// <summary>The values of <see cref="Word"/>.</summary>
    public const string Complete = "complete", Incomplete = "incomplete", Unproven = "unproven";

    /// <summary>Whether something is known to be missing: exit code 4.</summary>
    public bool IsIncomplete => Word == Incomplete;
}

/// <summary>One place where something is missing.</summary>
/// <param name="Stage">One of <see cref="Stages"/>.</param>
/// <param name="Cpu">Where it is known to be one CPU's.</param>
/// <param name="Interface">Where it is an interface's.</param>
/// <param name="AtLeast">Drops that are missing here at least; null where nobody can say.</param>
public sealed record Gap(string Stage, int? Cpu, string? Interface, long? AtLeast);
