using System.Globalization;
using DropForensics.Analyze.Display;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>Says in one sentence what a comparison comes to.</summary>
internal static class DiffVerdict
{
    /// <summary>Causes told in the sentence.</summary>
    private const int MostCauses = 3;

    public static string Headline(DiffModel model, bool isSameFile)
    {
        Subject subject = model.A.Capture.Subject;
        string drops = char.ToUpperInvariant(subject.Many[0]) + subject.Many[1..];
        (DiffRow total, string before, string after) = (model.Total, Rate(model.Total.A), Rate(model.Total.B));
        if (isSameFile) return $"A and B are the same capture{(total.A.PerSecondLeast is null ? "" : $": {(total.A.Drops == 0 ? $"no {subject.One}" : before)}")}.";
        string all = total.Change switch
        {
            Change.New or Change.More => $"{drops} rose from {before} to {after}",
            Change.Gone or Change.Less => $"{drops} fell from {before} to {after}",
            Change.Same when total is { A.Drops: 0, B.Drops: 0 } => $"No {subject.One} in A, and none in B",
            Change.Same when total.InBursts => $"{drops} went from {before} to {after}, but in bursts, and the number of bursts is the same within noise",
            Change.Same => $"{drops} are the same within noise, {before} and {after}",
            Change.Open => $"Data is missing, and {subject.Many} may have risen or fallen: {before} in A, {after} in B",
            _ => $"How many {subject.Many} there are in all cannot be compared",
        };
        List<DiffRow> causes = model.Causes.Rows.Where(r => r.IsChange).ToList();
        List<string> told = causes.Take(MostCauses).Select(Clause).ToList();
        if (causes.Count > MostCauses) told.Add($"{Units.Count(causes.Count - MostCauses)} more changed");
        return told.Count == 0 ? $"{all}." : $"{all}{(total.IsChange ? ":" : ";")} {string.Join("; ", told)}.";
    }

    private static string Clause(DiffRow row)
    {
        string name = row.IsName ? $"`{row.Name}`" : row.Name;
        return row.Change switch
        {
            Change.Gone => $"{name} is gone",
            Change.New => $"{name} is new at {Rate(row.B)}",
            Change.More => $"{name} rose from {Rate(row.A)} to {Rate(row.B)}",
            _ => $"{name} fell from {Rate(row.A)} to {Rate(row.B)}",
        };
    }

    // "from 0–1/s to 4/s": a range within "from … to …".
    private static string Rate(DiffCount count) => count.Rate.Replace(" to ", "–", StringComparison.Ordinal);
}

/// <summary>How two captures are compared, in sentences.</summary>
internal static class DiffMethod
{
    public const string Test = "exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940), two-sided";

    public static IEnumerable<string> Sentences(DiffModel model)
    {
        string many = model.A.Capture.Subject.Many, one = model.A.Capture.Subject.One;
        yield return $"Rates are captured {many} divided by the length of the window.";
        yield return $"If {many} are missing, a rate is a range: from what was captured to what the kernel counted, or, without that count, as if every lost record were a {one}. "
            + "The missing ones may all be of one kind, or none of them. A change counts only if it holds at every point of both ranges; it is open if it holds at some.";
        yield return $"Two rates differ if chance alone would separate two equal rates this far less than once in a thousand times (p < {PoissonTest.Threshold.ToString(CultureInfo.InvariantCulture)}): {Test}. "
            + "Anything else is within noise: 5 against 3 in equal times have p = 0.73.";
        if (model.A.Seconds is { } a && model.B.Seconds is { } b)
            yield return $"In these windows {Count(PoissonTest.FewestAgainstNone(b, a), one)} of B against none of A {(PoissonTest.FewestAgainstNone(b, a) == 1 ? "is" : "are")} the fewest that count as new, and {Count(PoissonTest.FewestAgainstNone(a, b))} of A against none of B as gone.";
        yield return $"The test assumes independent {many}. If they came in bursts (their numbers in equal times vary more than chance explains), a burst counts as one event: "
            + $"the numbers of both sides are divided by the larger of the two indexes of dispersion. A row shows \"in bursts\" if only that puts it within noise.";
        yield return $"A driver or function that only one capture knows is no change: the additional unknown {many} of the other may belong to any row.";
        yield return "Flows are conversations: two hosts and a service, whichever port the client used.";
    }
}
