using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Diff;

/// <summary>Says what two counts, each of its own window, come to. What may be missing is given to whichever side makes the answer unsure.</summary>
internal static class ChangeJudge
{
    public static Change Of(CountRange a, double secondsA, CountRange b, double secondsB)
    {
        if (IsMore(a.Most, secondsA, b.Least, secondsB)) return a.Most == 0 ? Change.New : Change.More;
        if (IsMore(b.Most, secondsB, a.Least, secondsA)) return b.Most == 0 ? Change.Gone : Change.Less;
        return IsPossiblyMore(a.Least, secondsA, b.Most, secondsB) || IsPossiblyMore(b.Least, secondsB, a.Most, secondsA) ? Change.Open : Change.Same;
    }

    /// <summary>Whether the second rate is higher by more than chance, even where all that may be missing happened on the first side.</summary>
    public static bool IsMore(long? most, double seconds, long least, double secondsOfLeast) =>
        most is { } count && least / secondsOfLeast > count / seconds && PoissonTest.Differ(count, seconds, least, secondsOfLeast);

    /// <summary>Whether it may be, if all that may be missing happened on the second side.</summary>
    public static bool IsPossiblyMore(long least, double seconds, long? most, double secondsOfMost) =>
        most is not { } count || (count / secondsOfMost > least / seconds && PoissonTest.Differ(least, seconds, count, secondsOfMost));
}

/// <summary>What became of one thing between two captures.</summary>
public enum Change
{
    /// <summary>None before, and more now than chance gives.</summary>
    [JsonStringEnumMemberName("new")]
    New,

    /// <summary>None now, and fewer than chance gives.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>A higher rate.</summary>
    [JsonStringEnumMemberName("more")]
    More,

    /// <summary>A lower rate.</summary>
    [JsonStringEnumMemberName("less")]
    Less,

    /// <summary>No more apart than chance alone may set two equal rates.</summary>
    [JsonStringEnumMemberName("same")]
    Same,

    /// <summary>What is missing decides: the ranges allow more than one answer.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>The two captures do not say the same thing of it.</summary>
    [JsonStringEnumMemberName("not_compared")]
    NotCompared,
}
