using ScottPlot;
using SkiaSharp;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>
/// Gives ScottPlot the embedded font for whatever it measures, and takes its own way to fonts away: it would ask the system for them,
/// and a picture must be the same on a machine that has none.
/// </summary>
internal sealed class PlotFonts : IFontResolver
{
    private const string Name = "Inter";

    /// <summary>Makes it so for the whole process.</summary>
    public static void Use()
    {
        ScottPlot.Fonts.FontResolvers.Clear();
        ScottPlot.Fonts.FontResolvers.Add(new PlotFonts());
        ScottPlot.Fonts.Default = ScottPlot.Fonts.Sans = ScottPlot.Fonts.Serif = ScottPlot.Fonts.Monospace = Name;
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        (weight >= FontWeight.SemiBold ? Shaper.Semibold : Shaper.Regular).Typeface;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => (bold ? Shaper.Semibold : Shaper.Regular).Typeface;
}
