using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Charts.Glyphs;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

public sealed class GlyphFontTests
{
    public static TheoryData<bool, bool> Faces => new() { { false, false }, { true, false }, { false, true }, { true, true } };

    [Fact]
    public void There_is_a_glyph_for_all_of_printable_ASCII_and_the_signs_the_report_uses()
    {
        var wanted = Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Concat("–…×µ≥≤→·");
        Assert.All(wanted, c => Assert.True(GlyphFont.Has(c), $"no glyph for '{c}'"));
        Assert.All(GlyphFont.Characters.Where(c => c != ' '), c => Assert.NotEmpty(GlyphFont.Find(c, new TextFace(10)).Strokes));
    }

    [Theory]
    [MemberData(nameof(Faces))]
    public void No_stroke_leaves_its_cell(bool semibold, bool mono)
    {
        var face = new TextFace(100, semibold, mono);
        var pen = GlyphFont.Pen(face) / 2;
        foreach (var character in GlyphFont.Characters)
        {
            foreach (var stroke in GlyphFont.Find(character, face).Strokes)
            {
                var radius = pen * (stroke.Curves.Count == 0 ? Stroke.DotWeight : 1);
                foreach (var point in stroke.Flatten(p => p, 0.02))
                {
                    var x = point.X + (GlyphFont.Extra(face) / 2);
                    Assert.True(x - radius >= 0 && x + radius <= GlyphFont.Advance(character, face), $"'{character}' leaves its cell at x {x}");
                    Assert.True(point.Y + pen + radius <= GlyphFont.Ascent * 100, $"'{character}' is too high at {point.Y}");
                    Assert.True(point.Y + pen - radius >= GlyphFont.Descent * -100, $"'{character}' is too deep at {point.Y}");
                }
            }
        }
    }

    [Fact]
    public void Figures_are_all_of_one_width_and_so_is_everything_in_mono()
    {
        Assert.All("0123456789", c => Assert.Equal(GlyphFont.Advance('0', new TextFace(10)), GlyphFont.Advance(c, new TextFace(10))));
        Assert.All(GlyphFont.Characters, c => Assert.Equal(GlyphFont.MonoAdvance, GlyphFont.Advance(c, new TextFace(10, Mono: true))));
    }

    [Fact]
    public void A_character_without_a_glyph_is_drawn_as_the_box_of_the_replacement()
    {
        var face = new TextFace(10);
        Assert.Same(GlyphFont.Find(VisibleText.Replacement, face), GlyphFont.Find('漢', face));
    }

    [Fact]
    public void A_mistake_in_a_glyph_names_the_command_and_the_glyph() =>
        Assert.Contains("'X'", Assert.Throws<FormatException>(() => GlyphParser.Parse(10, "M 0 0 X 1 1")).Message);
}
