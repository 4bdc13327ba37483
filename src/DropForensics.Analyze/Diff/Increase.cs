using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>What <c>--fail-on-increase</c> found.</summary>
/// <param name="AbovePercent">Increases of no more than this do not count.</param>
/// <param name="Found"><c>yes</c>, <c>no</c>, or <c>possible</c>: what is missing, or cannot be compared, may hide one.</param>
/// <param name="Sentence">Why.</param>
/// <param name="Of">What rose, or may have: <c>all drops</c>, reasons.</param>
public sealed record Increase(double AbovePercent, string Found, string Sentence, IReadOnlyList<string> Of)
{
    public const string Yes = "yes", No = "no", Possible = "possible";

    /// <summary>Exit code 4: one was found, or none can be ruled out.</summary>
    [JsonIgnore]
    public bool Fails => Found != No;
}

/// <summary>
/// Looks for an increase: of all drops, or of one reason (of one function, where reasons are not compared), that is more than chance and
/// above a percentage. A new reason among falling drops is one.
/// </summary>
internal static class IncreaseJudge
{
    private const int MostNames = 5;

    public static Increase Of(DiffModel model, double percent)
    {
        string above = $"above {Limit(percent)}";
        double factor = 1 + (percent / 100);
        List<DiffRow> rows = [model.Total, .. model.Causes.Rows];
        List<DiffRow> certain = rows.Where(r => r.Change is Change.New or Change.More && r.B.PerSecondLeast > r.A.PerSecondMost * factor).ToList();
        if (certain.Count > 0) return new Increase(percent, Increase.Yes, $"Increased by more than chance and {above}: {Names(certain)}.", Of(certain));
        if (model.Total.Change == Change.NotCompared)
        {
            return new Increase(percent, Increase.Possible, $"No increase {above} can be ruled out: {model.Total.Note}.", Of([model.Total]));
        }

        List<DiffRow> possible = rows.Where(r => r.Change != Change.NotCompared && MayHaveRisen(r, model, factor)).ToList();
        return possible.Count > 0
            ? new Increase(percent, Increase.Possible, $"No increase {above} is certain, and none can be ruled out because {Lacking(model)}. May have risen: {Names(possible)}.", Of(possible))
            : new Increase(percent, Increase.No, $"No increase {above} that is more than chance.{OfBursts(rows)}", []);
    }

    private static bool MayHaveRisen(DiffRow row, DiffModel model, double factor) =>
        (row.B.PerSecondMost is not { } most || most > row.A.PerSecondLeast * factor)
        && ChangeJudge.IsPossiblyMore(row.Events.A.Least, model.A.Seconds ?? 1, row.Events.B.Most, model.B.Seconds ?? 1);

    private static string OfBursts(List<DiffRow> rows)
    {
        List<DiffRow> bursts = rows.Where(r => r.InBursts && r.B.PerSecondLeast > r.A.PerSecondMost).ToList();
        return bursts.Count == 0 ? "" : $" In bursts, but no more bursts than chance explains: {Names(bursts)}.";
    }

    private static string Lacking(DiffModel model) => (model.A.Missing.Most, model.B.Missing.Most) switch
    {
        (0, 0) => "one of the two has drops of unknown kind",
        (0, _) => "B is incomplete",
        (_, 0) => "A is incomplete",
        _ => "both are incomplete",
    };

    private static string Names(List<DiffRow> rows)
    {
        string names = string.Join(", ", rows.Take(MostNames).Select(r => $"{(r.IsName ? $"`{r.Name}`" : r.Name)} ({r.A.Rate}, then {r.B.Rate})"));
        return rows.Count > MostNames ? $"{names} and {Units.Count(rows.Count - MostNames)} more" : names;
    }

    private static List<string> Of(List<DiffRow> rows) => rows.ConvertAll(r => r.Name);
}
