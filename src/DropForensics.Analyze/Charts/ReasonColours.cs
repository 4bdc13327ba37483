namespace DropForensics.Analyze.Charts;

/// <summary>
/// Gives each drop reason one colour, the same in the page and in every picture: the first eight names
/// take Palette.Reasons in order, the others are grey.
/// </summary>
public sealed class ReasonColours
{
    private readonly Dictionary<string, Colour> _colours = new(StringComparer.Ordinal);

    /// <param name="reasonsByCount">Reason names, the most frequent first, over the whole capture.</param>
    public ReasonColours(IEnumerable<string> reasonsByCount)
    {
        foreach (var reason in reasonsByCount.Distinct(StringComparer.Ordinal).Take(Palette.Reasons.Count))
            _colours[reason] = Palette.Reasons[_colours.Count];
    }

    /// <summary>The colour of a reason; grey where it has none of its own.</summary>
    public Colour Of(string reason) => _colours.GetValueOrDefault(reason, Palette.Other);

    /// <summary>Whether the reason has a colour of its own, so that it can be told from the others.</summary>
    public bool Knows(string reason) => _colours.ContainsKey(reason);
}
