using System.Text.Json.Serialization;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Diff;

/// <summary>Judges two counts, each from its own window. Missing drops are counted on the side that weakens the answer: a change is one only if it remains wherever they happened.</summary>
internal static class ChangeJudge
{
    public static Change Of(CountRange a, double secondsA, CountRange b, double secondsB)
    {
        if (IsMore(a.Most, secondsA, b.Least, secondsB)) return a.Most == 0 ? Change.New : Change.More;
        if (IsMore(b.Most, secondsB, a.Least, secondsA)) return b.Most == 0 ? Change.Gone : Change.Less;
        return IsPossiblyMore(a.Least, secondsA, b.Most, secondsB) || IsPossiblyMore(b.Least, secondsB, a.Most, secondsA) ? Change.Open : Change.Same;
    }

    /// <summary>Whether the second rate is higher by more than chance, even if all missing drops happened on the first side.</summary>
    public static bool IsMore(long? most, double seconds, long least, double secondsOfLeast) =>
        most is { } count && least / secondsOfLeast > count / seconds && PoissonTest.Differ(count, seconds, least, secondsOfLeast);

    /// <summary>Whether it may be higher if all missing drops happened on the second side.</summary>
    public static bool IsPossiblyMore(long least, double seconds, long? most, double secondsOfMost) =>
        most is not { } count || (count / secondsOfMost > least / seconds && PoissonTest.Differ(least, seconds, count, secondsOfMost));
}

/// <summary>How one thing changed between two captures.</summary>
public enum Change
{
    /// <summary>None before, and more now than chance explains.</summary>
    [JsonStringEnumMemberName("new")]
    New,

    /// <summary>None now, and more before than chance explains.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>A higher rate.</summary>
    [JsonStringEnumMemberName("more")]
    More,

    /// <summary>A lower rate.</summary>
    [JsonStringEnumMemberName("less")]
    Less,

    /// <summary>Chance alone explains the difference.</summary>
    [JsonStringEnumMemberName("same")]
    Same,

    /// <summary>Missing drops decide: the ranges allow more than one answer.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>The two captures do not record it the same way.</summary>
    [JsonStringEnumMemberName("not_compared")]
    NotCompared,
}
