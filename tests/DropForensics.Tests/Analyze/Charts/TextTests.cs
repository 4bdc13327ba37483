using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Charts.Pictures;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

public sealed class TextTests
{
    private static readonly TextFit Fit = new(LetterWidths.Measure);
    private static readonly TextFace Face = new(10, Mono: true); // 6 px a character

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a\u001b[0m", "a\uFFFD[0m")]
    [InlineData("é\u202e\r\n", "é\uFFFD\uFFFD\uFFFD")]
    [InlineData("a\u200bb\u00adc", "a\uFFFDb\uFFFDc")]
    [InlineData("\U0001f4a9!", "□!")]
    [InlineData("漢字 Ω ж", "□□ Ω ж")]
    [InlineData("e\u0301\u0301\u00a0x", "e□□ x")]
    public void What_has_no_letter_becomes_one_visible_replacement(string text, string visible) =>
        Assert.Equal(visible, VisibleText.Of(text));

    [Fact]
    public void Half_a_surrogate_pair_becomes_one_replacement() => Assert.Equal("x\uFFFDy", VisibleText.Of("x\ud800y"));

    [Theory]
    [InlineData("abcdefghij", 60, "abcdefghij")]
    [InlineData("abcdefghij", 42, "abc…hij")]
    [InlineData("abcdefghij", 36, "abc…ij")]
    [InlineData("abcdefghij", 6, "…")]
    [InlineData("abcdefghij", 5, "")]
    public void A_long_symbol_is_cut_in_the_middle(string text, double width, string cut) =>
        Assert.Equal(cut, Fit.Middle(text, width, Face));

    [Theory]
    [InlineData("one two three", 120, "one two three")]
    [InlineData("one two three", 48, "one two|three")]
    [InlineData("one two three four", 48, "one two|three f…")]
    [InlineData("abcdefghijk lm", 48, "abcd…ijk|lm")]
    [InlineData("", 48, "")]
    public void A_sentence_wraps_at_spaces_and_its_last_line_is_cut(string text, double width, string lines) =>
        Assert.Equal(lines, string.Join('|', Fit.Wrap(text, width, Face, 2)));

    [Fact]
    public void There_is_a_letter_for_all_of_printable_ASCII_and_the_signs_the_report_uses() =>
        Assert.All(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Concat("–…×µ≥≤→·□"), c => Assert.True(LetterWidths.Has(c), $"no letter for '{c}'"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Figures_are_all_of_one_width_in_page_and_picture(bool semibold)
    {
        TextFace prose = new(10, semibold), name = new(10, semibold, Mono: true);
        Assert.All("0123456789", c => Assert.Equal(Fit.Measure("0", prose), Fit.Measure($"{c}", prose)));
        Assert.All("0123456789", c => Assert.Equal(Sheet.Letters.Measure("0", prose), Sheet.Letters.Measure($"{c}", prose), 0.02)); // the font's own rounding
        Assert.All("0123456789", c => Assert.Equal(Sheet.Letters.Measure("0", name), Sheet.Letters.Measure($"{c}", name), 0.02));
    }

    [Fact]
    public void The_page_s_own_reader_of_the_font_agrees_with_HarfBuzz()
    {
        foreach (string text in new[] { "packets dropped in", "Harmful", "unknown", "—", "Zürich", "Ω→" })
        {
            // HarfBuzz moves pairs of letters towards each other besides.
            Assert.All([false, true], semibold => Assert.Equal(1, Fit.Measure(text, new TextFace(10, semibold)) / Sheet.Letters.Measure(text, new TextFace(10, semibold)), 0.02));
        }
    }

    [Fact]
    public void Fitted_text_is_never_wider_than_its_room()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var text = VisibleText.Of(SampleCharts.NastyText(random) + " " + SampleCharts.NastyText(random));
            var width = random.Next(0, 400);
            string[] fitted =
            [
                Fit.Middle(text, width, Face), Fit.End(text, width, Face), .. Fit.Wrap(text, width, Face, 2),
            ];
            Assert.All(fitted, f => Assert.True(Fit.Measure(f, Face) <= width + 1e-9, $"seed {seed}: '{f}' in {width}"));
            Assert.True(fitted.Length <= 4);
        }
    }

    [Theory]
    [InlineData(1, 4, "0 1")]
    [InlineData(7, 4, "0 2 4 6")]
    [InlineData(171, 4, "0 50 100 150")]
    [InlineData(1000000000, 3, "0 500000000 1000000000")]
    public void Ticks_are_few_and_round(long end, int most, string ticks) =>
        Assert.Equal(ticks, string.Join(' ', Ticks.To(end, most)));

    [Fact]
    public void Seconds_have_the_decimals_they_need()
    {
        Assert.Equal("0.5", TimeUnit.For(60_000_000_000).Of(500_000_000));
        Assert.Equal("60", TimeUnit.For(60_000_000_000).Of(60_000_000_000));
        Assert.Equal("0.000000001", TimeUnit.For(60_000_000_000).Of(1));
        Assert.Equal("13.0", TimeUnit.For(60_000_000_000).Of(13_000_000_000, like: 500_000_000));
    }
}
