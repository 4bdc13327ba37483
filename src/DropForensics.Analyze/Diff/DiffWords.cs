using System.Globalization;
using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>Parts of a comparison as people read them.</summary>
internal static class DiffWords
{
    /// <summary>What counts as a change, in one line.</summary>
    public static string Threshold => $"Within noise: chance alone separates two equal rates this far more often than once in a thousand times "
        + $"(exact test of two Poisson rates, p ≥ {PoissonTest.Threshold.ToString(CultureInfo.InvariantCulture)}).";

    /// <summary><c>A: before.db, web1, Linux 6.12, eprobe: 874 drops in 20 s, complete</c></summary>
    public static string Side(DiffSide side)
    {
        string host = side.Capture.HostName is { } name ? $"{name}, " : "";
        string kernel = side.Capture.KernelRelease is { } release ? $"Linux {release}, " : "";
        string missing = side.Missing.Most == 0 ? side.Report.Verdict.Completeness.Word : $"incomplete: {ComparisonNotes.Missing(side)} missing";
        return $"{side.Letter}: {side.Capture.File}, {host}{kernel}{(side.Capture.IsImport ? "imported text" : side.Capture.Probe)}: {Counted(side)}, {missing}";
    }

    /// <summary><c>874 drops in 20 s</c></summary>
    public static string Counted(DiffSide side) => side.Capture.Subject.Counted(side.Facts.Drops) + side.Facts.Window switch
    {
        { IsTime: false } => "",
        { LengthNs: <= 0 } => " in one instant",
        { IsWindow: true } window => $" in {Duration(window.LengthNs)}",
        { Basis: WindowFacts.ToLastDrop } window => $" in {Duration(window.LengthNs)} to the last",
        var window => $" within {Duration(window.LengthNs)}",
    };

    /// <summary><c>× 2.5</c>; empty where there is none.</summary>
    public static string Ratio(DiffRow row) => row switch
    {
        { Ratio: null } or { A.Drops: 0 } or { B.Drops: 0 } => "",
        { Ratio: { } ratio } => Times(ratio),
    };

    /// <summary><c>0.73</c>, <c>&lt; 0.0001</c>; empty where there is none.</summary>
    public static string P(DiffRow row) => row.P is { } p ? Probability(p) : "";
}

/// <summary>How a change is spelled where people read.</summary>
internal static class ChangeWord
{
    public static string Of(DiffRow row) => row.InBursts ? "in bursts" : row.Change switch
    {
        Change.New => "new",
        Change.Gone => "gone",
        Change.More => "more",
        Change.Less => "less",
        Change.Same => "within noise",
        Change.Open => "open",
        _ => "not compared",
    };
}

/// <summary>Rates as people read them: three figures at most, and a range where something is missing.</summary>
internal static class RateWords
{
    /// <summary><c>812/s</c>, <c>0.034/s</c>, <c>3 to 5/s</c>, <c>at least 3/s</c>, <c>none</c></summary>
    public static string Of(CountRange count, double seconds)
    {
        if (count.Most is not { } most) return count.Least == 0 ? "unknown" : $"at least {Rate(count.Least / seconds)}";
        return most == 0 ? "none" : Rate(count.Least / seconds, most / seconds);
    }
}
