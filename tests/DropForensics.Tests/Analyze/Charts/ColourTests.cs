using System.Globalization;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Html;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

/// <summary>Reasons are told apart by their colours, in both themes, and none looks like "other".</summary>
public sealed partial class ColourTests
{
    // In CIE L*a*b*: two colours so far apart are never taken for each other in a legend.
    private const double Apart = 25;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_two_are_alike(bool isDark)
    {
        string style = StaticPage.Resource("report.css");
        string dark = style[style.IndexOf("prefers-color-scheme: dark", StringComparison.Ordinal)..style.IndexOf("* { box-sizing", StringComparison.Ordinal)];
        string[] colours = [.. Palette.Reasons.Append(Palette.Other).Select(colour => (isDark ? Value(dark, colour.Name) : null) ?? Value(style, colour.Name)!)]; // the light theme has all
        Assert.Equal(9, colours.Length);
        foreach ((int i, string one) in colours.Index())
        {
            foreach (string other in colours[..i]) Assert.True(Distance(one, other) > Apart, $"{one} and {other}");
        }
    }

    [Fact]
    public void The_pictures_have_the_colours_of_the_page() =>
        Assert.All(Palette.Reasons.Append(Palette.Other), colour => Assert.Contains($"--{colour.Name}: {colour.Hex};", StaticPage.Resource("report.css"), StringComparison.Ordinal));

    private static string? Value(string style, string name) => Declaration().Matches(style).FirstOrDefault(match => match.Groups[1].Value == name)?.Groups[2].Value;

    private static double Distance(string one, string other) => Math.Sqrt(Lab(one).Zip(Lab(other), (a, b) => (a - b) * (a - b)).Sum());

    // From sRGB, by IEC 61966-2-1 and CIE 15, white D65.
    private static double[] Lab(string hex)
    {
        double[] rgb = [.. Enumerable.Range(0, 3).Select(i => int.Parse(hex.AsSpan(1 + (2 * i), 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) / 255.0)
            .Select(value => value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4))];
        double x = ((0.4124 * rgb[0]) + (0.3576 * rgb[1]) + (0.1805 * rgb[2])) / 0.95047;
        double y = (0.2126 * rgb[0]) + (0.7152 * rgb[1]) + (0.0722 * rgb[2]);
        double z = ((0.0193 * rgb[0]) + (0.1192 * rgb[1]) + (0.9505 * rgb[2])) / 1.08883;
        return [(116 * Root(y)) - 16, 500 * (Root(x) - Root(y)), 200 * (Root(y) - Root(z))];
    }

    private static double Root(double value) => value > 0.008856 ? Math.Cbrt(value) : (7.787 * value) + (16.0 / 116);

    [GeneratedRegex("--(reason-[0-9a-z]+): (#[0-9a-f]{6});")]
    private static partial Regex Declaration();
}
