using System.Globalization;

namespace DropForensics.Analyze.Charts;

/// <summary>Every colour a drawing may use.</summary>
public static class Palette
{
    public static Colour Ink { get; } = new("ink", "#1b1f24");

    public static Colour Paper { get; } = new("paper", "#ffffff");

    /// <summary>Second labels, units, axes: 7:1 on paper.</summary>
    public static Colour Muted { get; } = new("muted", "#4f5965");

    /// <summary>Grid lines, and the track a bar runs in.</summary>
    public static Colour Grid { get; } = new("grid", "#e3e6ea");

    /// <summary>Behind parts that are there but have nothing to show.</summary>
    public static Colour Wash { get; } = new("wash", "#f5f6f8");

    public static Colour Accent { get; } = new("accent", "#0b63ce");

    public static Colour Complete { get; } = new("complete", "#067647");

    public static Colour Harmful { get; } = new("harmful", "#b42318");

    public static Colour Depends { get; } = new("depends", "#b54708");

    public static Colour Harmless { get; } = new("harmless", "#475467");

    /// <summary>Everything without a colour of its own: reasons past the eighth, and "other" rows.</summary>
    public static Colour Other { get; } = new("reason-other", "#6b7480");

    /// <summary>A frame of a flame graph.</summary>
    public static Colour Frame { get; } = new("frame", "#e7ebf0");

    /// <summary>One whose module the kernel names.</summary>
    public static Colour ModuleFrame { get; } = new("frame-module", "#c3daf5");

    /// <summary>The steps of a heat map, the lightest first; the last wants letters of the paper's colour.</summary>
    public static IReadOnlyList<Colour> Heat { get; } =
    [
        new("heat-1", "#e3eefb"), new("heat-2", "#bcd7f5"), new("heat-3", "#8fbcec"), new("heat-4", "#5f9fe2"), new("heat-5", "#0b63ce"),
    ];

    /// <summary>Okabe and Ito's colour-blind-safe set, given out to reasons in order of count; violet in place of its grey, which "other" has.</summary>
    public static IReadOnlyList<Colour> Reasons { get; } =
    [
        new("reason-1", "#0072b2"), new("reason-2", "#e69f00"), new("reason-3", "#009e73"), new("reason-4", "#cc79a7"),
        new("reason-5", "#56b4e9"), new("reason-6", "#d55e00"), new("reason-7", "#f0e442"), new("reason-8", "#8256b0"),
    ];

    /// <summary>The colour of a severity word.</summary>
    public static Colour Of(Tone tone) => tone switch
    {
        Tone.Good => Complete,
        Tone.Harmful => Harmful,
        Tone.Depends => Depends,
        _ => Harmless,
    };
}

/// <summary>
/// A colour by its role. The page gives each role a CSS variable, which its dark theme sets anew;
/// a picture has the light theme's value.
/// </summary>
/// <param name="Name">The CSS variable without its dashes: <c>ink</c> is <c>--ink</c>.</param>
/// <param name="Hex">The light theme's value, <c>#rrggbb</c>.</param>
public sealed record Colour(string Name, string Hex)
{
    /// <summary>As CSS wants it: the variable, with the light value where no page defines it.</summary>
    public string Css => $"var(--{Name},{Hex})";

    /// <summary>The light value's parts, 0 to 255.</summary>
    public (byte Red, byte Green, byte Blue) Rgb => (Part(1), Part(3), Part(5));

    private byte Part(int start) => byte.Parse(Hex.AsSpan(start, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}

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
        foreach (string? reason in reasonsByCount.Distinct(StringComparer.Ordinal).Take(Palette.Reasons.Count))
            _colours[reason] = Palette.Reasons[_colours.Count];
    }

    /// <summary>The colour of a reason; grey if it has none.</summary>
    public Colour Of(string reason) => _colours.GetValueOrDefault(reason, Palette.Other);

    /// <summary>Whether the reason has a colour of its own, which distinguishes it from the others.</summary>
    public bool Knows(string reason) => _colours.ContainsKey(reason);
}
