using System.Diagnostics.CodeAnalysis;
using HarfBuzzSharp;
using SkiaSharp;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>One weight of the embedded font: its letters for Skia, and HarfBuzz, which places them.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "There are two, and they live as long as the process.")]
internal sealed class Shaper
{
    // Figures of one width; in names a slashed zero and an l that differs from I. No arrows out of "->": a name is shown as it is.
    private static readonly Feature[] ProseFeatures = [Feature.Parse("tnum"), Feature.Parse("calt=0")];
    private static readonly Feature[] NameFeatures = [Feature.Parse("tnum"), Feature.Parse("zero"), Feature.Parse("ss02"), Feature.Parse("calt=0")];

    private static readonly Lazy<Shaper> RegularOnce = new(() => new Shaper(InterFont.Regular));
    private static readonly Lazy<Shaper> SemiboldOnce = new(() => new Shaper(InterFont.Semibold));

    // A part of the em behind an underscore, which would otherwise touch the next one and be uncountable.
    private const int UnderscoreGap = 16;

    private readonly Font _font;
    private readonly Dictionary<(string, bool), ShapedLine> _lines = [];

    private Shaper(ReadOnlySpan<byte> file)
    {
        using SKData data = SKData.CreateCopy(file);
        Typeface = SKTypeface.FromData(data) ?? throw new InvalidDataException("the embedded font cannot be read");
        using var blob = new Blob(data.Data, (int)data.Size, MemoryMode.Duplicate);
        using var face = new Face(blob, 0);
        UnitsPerEm = face.UnitsPerEm;
        _font = new Font(face);
        _font.SetScale(UnitsPerEm, UnitsPerEm);
        _font.SetFunctionsOpenType();
    }

    /// <summary>Weight 400.</summary>
    public static Shaper Regular => RegularOnce.Value;

    /// <summary>Weight 600.</summary>
    public static Shaper Semibold => SemiboldOnce.Value;

    public SKTypeface Typeface { get; }

    public int UnitsPerEm { get; }

    public static Shaper Of(TextFace face) => face.Semibold ? Semibold : Regular;

    /// <summary>Width of a text, in the unit of the face's size.</summary>
    public static double Measure(string text, TextFace face)
    {
        Shaper shaper = Of(face);
        return shaper.Shape(text, face.Mono).Width * face.Size / shaper.UnitsPerEm;
    }

    /// <summary>A line of text as glyphs, from left to right whatever its letters.</summary>
    public ShapedLine Shape(string text, bool isName)
    {
        if (_lines.TryGetValue((text, isName), out ShapedLine? known))
            return known;
        using var buffer = new HarfBuzzSharp.Buffer();
        buffer.AddUtf16(text);
        buffer.Direction = Direction.LeftToRight;
        buffer.Script = Script.Latin;
        buffer.Language = new Language("en"); // else the machine's
        _font.Shape(buffer, isName ? NameFeatures : ProseFeatures);
        ReadOnlySpan<GlyphInfo> infos = buffer.GetGlyphInfoSpan();
        ReadOnlySpan<GlyphPosition> places = buffer.GetGlyphPositionSpan();
        ushort[] glyphs = new ushort[infos.Length];
        int[] lefts = new int[infos.Length];
        int pen = 0;
        for (int i = 0; i < infos.Length; i++)
        {
            glyphs[i] = (ushort)infos[i].Codepoint;
            lefts[i] = pen + places[i].XOffset;
            pen += places[i].XAdvance + (isName && text[(int)infos[i].Cluster] == '_' ? UnitsPerEm / UnderscoreGap : 0);
        }

        return _lines[(text, isName)] = new ShapedLine(glyphs, lefts, pen);
    }
}

/// <summary>A line of text as glyphs.</summary>
/// <param name="Glyphs">Numbers in the font.</param>
/// <param name="Lefts">Where each begins, in the font's units.</param>
/// <param name="Width">Of all, in the font's units.</param>
internal sealed record ShapedLine(ushort[] Glyphs, int[] Lefts, int Width);
