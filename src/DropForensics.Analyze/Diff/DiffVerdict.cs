using System.Globalization;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>The result of a comparison in one sentence.</summary>
internal static class DiffVerdict
{
    /// <summary>The most causes in the sentence.</summary>
    private const int MostCauses = 3;

    public static string Headline(DiffPair pair, bool isSameFile)
    {
        Subject subject = pair.A.Capture.Subject;
        string drops = char.ToUpperInvariant(subject.Many[0]) + subject.Many[1..];
        (DiffRow total, string before, string after) = (pair.Total, Rate(pair.Total.A), Rate(pair.Total.B));
        if (isSameFile) return $"{pair.A.Letter} and {pair.B.Letter} are the same capture{(total.A.PerSecondLeast is null ? "" : $": {(total.A.Drops == 0 ? $"no {subject.One}" : before)}")}.";
        string all = total.Change switch
        {
            Change.New or Change.More => $"{drops} rose from {before} to {after}",
            Change.Gone or Change.Less => $"{drops} fell from {before} to {after}",
            Change.Same when total is { A.Drops: 0, B.Drops: 0 } => $"No {subject.One} in {pair.A.Letter}, and none in {pair.B.Letter}",
            Change.Same when total.InBursts => $"{drops} went from {before} to {after}, but in bursts, and the number of bursts is the same within noise",
            Change.Same => $"{drops} are the same within noise, {before} and {after}",
            Change.Open => $"Data is missing, and {subject.Many} may have risen or fallen: {before} in {pair.A.Letter}, {after} in {pair.B.Letter}",
            _ => $"How many {subject.Many} there are in all cannot be compared",
        };
        List<DiffRow> causes = pair.Causes.Rows.Where(r => r.IsChange).ToList();
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

/// <summary>How captures are compared, in sentences.</summary>
internal static class DiffMethod
{
    public const string Test = "exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940), two-sided";

    public static IEnumerable<string> Sentences(DiffModel model)
    {
        string many = model.Sides[0].Capture.Subject.Many, one = model.Sides[0].Capture.Subject.One;
        yield return $"Rates are captured {many} divided by the length of the window.";
        yield return $"If {many} are missing, a rate is a range: from what was captured to what the kernel counted, or, without that count, as if every lost record were a {one}. "
            + "The missing ones may all be of one kind, or none of them. A change counts only if it holds at every point of both ranges; it is open if it holds at some.";
        yield return $"Two rates differ if chance alone would separate two equal rates this far less than once in a thousand times (p < {PoissonTest.Threshold.ToString(CultureInfo.InvariantCulture)}): {Test}. "
            + "Anything else is within noise: 5 against 3 in equal times have p = 0.73.";
        foreach (DiffPair pair in model.Pairs)
        {
            if (pair.A.Seconds is not { } a || pair.B.Seconds is not { } b) continue;
            long isNew = PoissonTest.FewestAgainstNone(b, a);
            yield return $"In these windows {Count(isNew, one)} of {pair.B.Letter} against none of {pair.A.Letter} {(isNew == 1 ? "is" : "are")} the fewest that count as new, "
                + $"and {Count(PoissonTest.FewestAgainstNone(a, b))} of {pair.A.Letter} against none of {pair.B.Letter} as gone.";
        }

        yield return $"The test assumes independent {many}. If they came in bursts (their numbers in equal times vary more than chance explains), a burst counts as one event: "
            + $"the numbers of both captures are divided by the larger of the two indexes of dispersion. A row shows \"in bursts\" if only that puts it within noise.";
        yield return $"A driver or function that only one capture knows is no change: the additional unknown {many} of the other may belong to any row.";
        yield return "Flows are conversations: two hosts and a service, whichever port the client used.";
    }
}

/// <summary>What <c>--fail-on-increase</c> found.</summary>
/// <param name="AbovePercent">Increases of no more than this do not count.</param>
/// <param name="Found"><c>yes</c>, <c>no</c>, or <c>possible</c>: missing drops, or what cannot be compared, may hide one.</param>
/// <param name="Sentence">Why.</param>
/// <param name="Of">What increased, or may have: <c>all drops</c>, reasons.</param>
public sealed record Increase(double AbovePercent, string Found, string Sentence, IReadOnlyList<string> Of)
{
    public const string Yes = "yes", No = "no", Possible = "possible";

    /// <summary>Exit code 4: one was found, or cannot be ruled out.</summary>
    [JsonIgnore]
    public bool Fails => Found != No;
}

/// <summary>
/// Looks for an increase: of all drops, or of one reason (of one function if reasons are not compared), that is more than chance and
/// above a percentage. A new reason counts, even if drops decreased in all.
/// </summary>
internal static class IncreaseJudge
{
    private const int MostNames = 5;

    public static Increase Of(DiffPair pair, double percent)
    {
        string above = $"above {Limit(percent)}";
        double factor = 1 + (percent / 100);
        List<DiffRow> rows = [pair.Total, .. pair.Causes.Rows];
        List<DiffRow> certain = rows.Where(r => r.Change is Change.New or Change.More && r.B.PerSecondLeast > r.A.PerSecondMost * factor).ToList();
        if (certain.Count > 0) return new Increase(percent, Increase.Yes, $"Increased by more than chance and {above}: {Names(certain)}.", Of(certain));
        if (pair.Total.Change == Change.NotCompared)
        {
            return new Increase(percent, Increase.Possible, $"No increase {above} can be ruled out: {pair.Total.Note}.", Of([pair.Total]));
        }

        List<DiffRow> possible = rows.Where(r => r.Change != Change.NotCompared && MayHaveRisen(r, pair, factor)).ToList();
        return possible.Count > 0
            ? new Increase(percent, Increase.Possible, $"No increase {above} is certain, and none can be ruled out because {Lacking(pair)}. May have risen: {Names(possible)}.", Of(possible))
            : new Increase(percent, Increase.No, $"No increase {above} that is more than chance.{OfBursts(rows)}", []);
    }

    private static bool MayHaveRisen(DiffRow row, DiffPair pair, double factor) =>
        (row.B.PerSecondMost is not { } most || most > row.A.PerSecondLeast * factor)
        && ChangeJudge.IsPossiblyMore(row.Events.A.Least, pair.A.Seconds ?? 1, row.Events.B.Most, pair.B.Seconds ?? 1);

    private static string OfBursts(List<DiffRow> rows)
    {
        List<DiffRow> bursts = rows.Where(r => r.InBursts && r.B.PerSecondLeast > r.A.PerSecondMost).ToList();
        return bursts.Count == 0 ? "" : $" In bursts, but no more bursts than chance explains: {Names(bursts)}.";
    }

    private static string Lacking(DiffPair pair) => (pair.A.Missing.Most, pair.B.Missing.Most) switch
    {
        (0, 0) => "one of the two has drops of unknown kind",
        (0, _) => $"{pair.B.Letter} is incomplete",
        (_, 0) => $"{pair.A.Letter} is incomplete",
        _ => "both are incomplete",
    };

    private static string Names(List<DiffRow> rows)
    {
        string names = string.Join(", ", rows.Take(MostNames).Select(r => $"{(r.IsName ? $"`{r.Name}`" : r.Name)} ({r.A.Rate}, then {r.B.Rate})"));
        return rows.Count > MostNames ? $"{names} and {Units.Count(rows.Count - MostNames)} more" : names;
    }

    private static List<string> Of(List<DiffRow> rows) => rows.ConvertAll(r => r.Name);
}
