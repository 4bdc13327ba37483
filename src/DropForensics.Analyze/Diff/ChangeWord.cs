namespace DropForensics.Analyze.Diff;

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
