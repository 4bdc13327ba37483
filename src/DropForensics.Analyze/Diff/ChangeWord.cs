namespace DropForensics.Analyze.Diff;

/// <summary>How a change is spelled where people read.</summary>
internal static class ChangeWord
{
    public static string Of(Change change) => change switch
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
