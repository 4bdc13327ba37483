namespace DropForensics.Analyze.Charts;

/// <summary>Which point of a text its x is.</summary>
public enum TextAnchor
{
    Start,
    Middle,
    End,
}
