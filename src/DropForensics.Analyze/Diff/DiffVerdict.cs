using DropForensics.Analyze.Display;

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
