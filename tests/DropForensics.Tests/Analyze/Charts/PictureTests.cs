using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Charts.Pictures;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

public sealed class PictureTests
{
    private const string Paper = "#ffffff";

    [Fact]
    public void The_summary_is_a_PNG_of_exactly_1600_by_900_with_its_density()
    {
        var png = Decoded(Summary());
        Assert.Equal((1600, 900), (png.Width, png.Height));
        Assert.Equal(["IHDR", "pHYs"], png.Chunks.Take(2));
        Assert.Equal(Paper, png[0, 0]);
    }

    [Fact]
    public void Every_run_gives_the_same_bytes()
    {
        using Sheet one = Summary(), other = Summary();
        Assert.Equal(one.ToPng(), other.ToPng());
    }

    [Fact]
    public void There_is_ink_wherever_a_text_is_said_to_be()
    {
        using Sheet sheet = Summary();
        var png = PngDecoder.Decode(sheet.ToPng());
        Assert.StartsWith("No socket takes", sheet.Texts[0].Text.Content, StringComparison.Ordinal);
        foreach (var (text, box) in sheet.Texts)
        {
            var ink = Pixels(png, box).Count(pixel => pixel == text.Fill.Hex);
            Assert.True(ink > text.Content.Length, $"'{text.Content}': {ink} pixels of ink");
        }
    }

    [Fact]
    public void No_letter_is_higher_or_deeper_than_its_line_has_room_for()
    {
        foreach (var face in new TextFace[] { new(20), new(20, Semibold: true), new(20, Mono: true), new(20, Semibold: true, Mono: true) })
        {
            using var sheet = new Sheet(900, 200);
            Assert.True(sheet.TryText(string.Concat(Enumerable.Range(' ', 48).Select(c => (char)c)), 10, 50, face, Palette.Ink));
            Assert.True(sheet.TryText(string.Concat(Enumerable.Range(' ' + 48, 47).Select(c => (char)c)) + "–…×µ≥≤→·□\uFFFD漢", 10, 150, face, Palette.Ink));
            var png = PngDecoder.Decode(sheet.ToPng());
            Assert.Equal(1, sheet.Texts[1].Text.Content.Count(c => c == '\uFFFD'));
            foreach (var outside in new Box[] { new(0, 0, 900, sheet.Texts[0].Box.Top), new(0, sheet.Texts[0].Box.Bottom + 0.5, 900, 70), new(0, sheet.Texts[1].Box.Bottom + 0.5, 900, 20) })
                Assert.All(Pixels(png, outside), pixel => Assert.Equal(Paper, pixel));
        }
    }

    [Fact]
    public void Names_tell_a_zero_from_an_O_and_an_l_from_an_I()
    {
        string[] drawn = [.. new[] { "0", "O", "l", "I", "1" }.Select(letter => Drawn(letter))];
        Assert.Equal(drawn.Length, drawn.Distinct().Count());
        Assert.NotEqual(Drawn("l"), Drawn("l", isName: false));
        Assert.NotEqual(Drawn("0"), Drawn("0", isName: false));

        static string Drawn(string letter, bool isName = true)
        {
            using var sheet = new Sheet(60, 60);
            Assert.True(sheet.TryText(letter, 10, 45, new TextFace(40, Mono: isName), Palette.Ink));
            return Convert.ToHexString(sheet.ToPng());
        }
    }

    [Fact]
    public void Columns_are_as_high_as_their_counts_in_their_reasons_colours()
    {
        using var sheet = new Sheet(700, 240);
        var data = SampleCharts.Timeline();
        TimelinePicture.Compose(sheet, new Box(0, 0, 700, 240), data, SampleCharts.Colours);
        var png = PngDecoder.Decode(sheet.ToPng());
        using var other = new Sheet(700, 240);
        var frame = TimelineFrame.Begin(other, new Box(0, 0, 700, 240), data, SampleCharts.Colours)!; // the data has a line of time
        for (var bin = 0; bin < frame.Stack.Bins; bin++)
        {
            var column = frame.Column(bin);
            var floor = column.Bottom;
            foreach (var layer in frame.Stack.Layers.Where(l => l.Counts[bin] > 0))
            {
                var tall = layer.Counts[bin] * frame.HeightOfOne(bin);
                if (tall > 3)
                {
                    Assert.Equal(layer.Colour.Hex, At(png, column.Left + 1, floor - 1.5));
                    Assert.Equal(layer.Colour.Hex, At(png, column.Right - 1, floor - tall + 1));
                    Assert.NotEqual(layer.Colour.Hex, At(png, column.Left + 3, floor - tall - 1));
                    Assert.NotEqual(layer.Colour.Hex, At(png, column.Left - 0.75, floor - (tall / 2)));
                }

                floor -= tall;
            }
        }
    }

    [Fact]
    public void A_loss_is_hatched_over_its_span_and_nowhere_else()
    {
        using var sheet = new Sheet(700, 240);
        var loss = new LossSpan(8 * SampleCharts.Second, 9 * SampleCharts.Second, 37);
        var data = SampleCharts.Timeline(loss);
        TimelinePicture.Compose(sheet, new Box(0, 0, 700, 240), data, SampleCharts.Colours);
        var png = PngDecoder.Decode(sheet.ToPng());
        using var other = new Sheet(700, 240);
        var frame = TimelineFrame.Begin(other, new Box(0, 0, 700, 240), data, SampleCharts.Colours)!; // the data has a line of time
        var span = frame.Span(loss);
        Box hatched = new(span.Left + 1, span.Top + 5, span.Width - 2, span.Height - 10);
        var red = Pixels(png, hatched).Count(IsRed) / (double)Pixels(png, hatched).Count();
        Assert.InRange(red, 0.15, 0.6);
        Assert.DoesNotContain(Pixels(png, span with { Left = span.Right + 1, Width = 40 }), IsRed);
        Assert.DoesNotContain(Pixels(png, span with { Left = span.Left - 41, Width = 40 }), IsRed);
        Assert.Contains("lost 37", Texts(sheet));

        static bool IsRed(string pixel) => Part(pixel, 1) - Part(pixel, 3) > 60 && Part(pixel, 3) - Part(pixel, 5) < 40;
        static int Part(string pixel, int at) => Convert.ToInt32(pixel[at..(at + 2)], 16);
    }

    [Fact]
    public void Bars_are_shares_of_the_total_and_the_rest_is_other()
    {
        var data = new BarData("Sites", [new("a", "", 50), new("b", "", 30, "NO_SOCKET"), new("c", "", 10), new("d", "", 5)], 100, "");
        using var sheet = new Sheet(300, BarPicture.TitleHeight + (3 * BarPicture.RowHeight));
        BarPicture.Compose(sheet, new Box(0, 0, 300, sheet.Height), data, SampleCharts.Colours);
        var png = PngDecoder.Decode(sheet.ToPng());
        (int Percent, Colour Colour)[] bars = [(50, Palette.Muted), (30, Palette.Reasons[0]), (20, Palette.Other)];
        for (var row = 0; row < bars.Length; row++)
        {
            var middle = BarPicture.TitleHeight + (row * BarPicture.RowHeight) + 28;
            Assert.Equal(bars[row].Colour.Hex, At(png, 0.5, middle));
            Assert.Equal(bars[row].Colour.Hex, At(png, (3 * bars[row].Percent) - 1, middle));
            Assert.Equal(Palette.Grid.Hex, At(png, (3 * bars[row].Percent) + 1, middle));
            Assert.Equal(Palette.Grid.Hex, At(png, 299, middle));
        }

        Assert.Contains("2 more", Texts(sheet));
    }

    [Fact]
    public void Cells_of_a_heat_map_have_the_colours_of_their_levels()
    {
        var data = SampleCharts.Heat();
        using var sheet = new Sheet(700, HeatPicture.HeightOf(data));
        HeatPicture.Compose(sheet, new Box(0, 0, 700, sheet.Height), data);
        var png = PngDecoder.Decode(sheet.ToPng());
        var first = sheet.Texts.Single(t => t.Text.Content == "e1000").Text.Baseline;
        string[] row = [Palette.Heat[4].Hex, Palette.Heat[3].Hex, Palette.Wash.Hex], below = [Palette.Heat[2].Hex, Palette.Heat[1].Hex, Palette.Heat[1].Hex];
        for (var column = 0; column < 3; column++)
        {
            Assert.Equal(row[column], At(png, 170 + (column * 120) + 5, first));
            Assert.Equal(below[column], At(png, 170 + (column * 120) + 115, first + 24));
        }
    }

    [Fact]
    public void A_flame_graph_has_its_frames_where_the_page_has_them()
    {
        var data = SampleCharts.Flame();
        var page = FlameChart.Draw(data, SampleCharts.Colours, 700);
        using var sheet = new Sheet(700, page.Height);
        FlameChart.Compose(sheet, new Box(0, 0, 700, page.Height), data, SampleCharts.Colours);
        var png = PngDecoder.Decode(sheet.ToPng());
        foreach (var frame in page.Marks.OfType<Mark.Rectangle>().Where(m => m.Datum is not null))
        {
            foreach (var x in new[] { frame.X + 1.5, frame.X + frame.Width - 1.5 })
                Assert.Equal(frame.Fill.Hex, At(png, x, frame.Y + frame.Height - 0.75));
        }
    }

    [Theory]
    [InlineData("10.0.0.1:50 → 10.0.0.2:80", "10.0.0.1:50 → 10.0.0.2:80", "TCP")]
    [InlineData("[2001:db8::1:2:3]:50000 → [2001:db8::4:5:6]:80", "[2001:db8::1:2:3]:50000", "→ [2001:db8::4:5:6]:80 · TCP")]
    public void A_flow_too_long_for_its_line_goes_on_at_the_arrow(string flow, string first, string second)
    {
        using var sheet = new Sheet(250, 100);
        BarPicture.Compose(sheet, new Box(0, 0, 250, 100), new BarData("Flows", [new(flow, "TCP", 5)], 5, ""), SampleCharts.Colours);
        Assert.Equal(["Flows", "5", "100 %", first, second], Texts(sheet));
    }

    [Fact]
    public void The_summary_says_where_its_numbers_come_from_and_why_flows_are_missing()
    {
        using Sheet sheet = Summary();
        Assert.All(["Complete", "tcp_v4_rcv", "ath11k_pci", "edge-gw-07", "6.8.0-45-generic", new string('a', 64), "DropForensics 0.1.0"], t => Assert.Contains(t, Texts(sheet)));
        Assert.Contains(Texts(sheet), t => t.StartsWith("Flows are not known", StringComparison.Ordinal));
    }

    [Fact]
    public void No_rows_are_said_in_words()
    {
        using var sheet = new Sheet(300, 100);
        BarPicture.Compose(sheet, new Box(0, 0, 300, 100), new BarData("Sites", [], 0, "Nothing here."), SampleCharts.Colours);
        Assert.Contains("Nothing here.", Texts(sheet));
    }

    [Fact]
    public void Texts_stay_inside_and_apart_whatever_the_data()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var data = SampleCharts.Nasty(seed, out var colours);
            using Sheet summary = SummaryPicture.Draw(data, colours);
            using Sheet bars = PictureFrame.Draw(200 + seed, BarPicture.HeightOf(data.Sites), data.Source, (sheet, area) => BarPicture.Compose(sheet, area, data.Sites, colours));
            AssertTidy(summary, seed);
            AssertTidy(bars, seed);
            if (seed < 6)
                Assert.Equal(1600, Decoded(SummaryPicture.Draw(data, colours)).Width);
        }
    }

    private static void AssertTidy(Sheet sheet, int seed)
    {
        for (var i = 0; i < sheet.Texts.Count; i++)
        {
            var (text, box) = sheet.Texts[i];
            Assert.True(
                box.Left >= -1e-6 && box.Top >= -1e-6 && box.Right <= sheet.Width + 1e-6 && box.Bottom <= sheet.Height + 1e-6,
                $"seed {seed}: '{text.Content}' leaves the picture");
            Assert.All(sheet.Texts.Take(i), other => Assert.False(box.Overlaps(other.Box), $"seed {seed}: '{text.Content}' is over '{other.Text.Content}'"));
        }
    }

    private static Sheet Summary() => SummaryPicture.Draw(
        SampleCharts.Summary(SampleCharts.Timeline(new LossSpan(8_000_000_000, 9_000_000_000, 37))), SampleCharts.Colours);

    private static PngDecoder Decoded(Sheet sheet)
    {
        using (sheet)
            return PngDecoder.Decode(sheet.ToPng());
    }

    private static List<string> Texts(Sheet sheet) => [.. sheet.Texts.Select(t => t.Text.Content)];

    private static string At(PngDecoder png, double x, double y) => png[(int)(x * 2), (int)(y * 2)];

    private static IEnumerable<string> Pixels(PngDecoder png, Box box)
    {
        for (var y = (int)(box.Top * 2); y < (int)(box.Bottom * 2); y++)
        {
            for (var x = Math.Max(0, (int)(box.Left * 2)); x < Math.Min(png.Width, (int)(box.Right * 2)); x++)
                yield return png[x, y];
        }
    }
}
