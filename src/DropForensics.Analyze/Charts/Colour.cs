using System.Globalization;

namespace DropForensics.Analyze.Charts;

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
