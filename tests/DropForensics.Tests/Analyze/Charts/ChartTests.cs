using DropForensics.Analyze.Charts;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

public sealed class ChartTests
{
    private const long Second = SampleCharts.Second;

    [Fact]
    public void Column_heights_are_in_proportion_to_their_counts_and_stand_on_one_line()
    {
        var data = SampleCharts.Timeline();
        var columns = TimelineChart.Draw(data, SampleCharts.Colours, 700, 240).Marks.OfType<Mark.Rectangle>().Where(r => r.Datum is { Where: not "" }).ToList();
        Assert.Equal(data.Series.SelectMany(s => s.Counts).Count(c => c > 0), columns.Count);
        var perDrop = columns.Max(c => c.Height) / 120;
        Assert.All(columns, c => Assert.Equal(c.Datum!.Value!.Value * perDrop, c.Height, 6));

        var bottoms = columns.GroupBy(c => c.X).Select(g => g.Max(c => c.Y + c.Height)).ToList();
        Assert.All(bottoms, b => Assert.Equal(bottoms[0], b, 6));
        Assert.All(columns.Where(c => c.Datum!.Series == "NO_SOCKET"), c => Assert.Equal(Palette.Reasons[0], c.Fill));
    }

    [Fact]
    public void The_peak_is_annotated_and_both_ends_say_when_they_were()
    {
        var texts = Texts(TimelineChart.Draw(SampleCharts.Timeline(), SampleCharts.Colours, 700, 240));
        Assert.Contains("peak 120 at 4–5 s", texts);
        Assert.Contains("2026-11-22 09:02:16 UTC", texts);
        Assert.Contains("09:02:26 UTC", texts);
        Assert.Contains("315", texts);
    }

    // Sums of widths come out a hair beyond the edge for some numbers and not for others.
    [Theory]
    [InlineData(64, "20")]
    [InlineData(650, "200")]
    [InlineData(6_416, "2,000")]
    [InlineData(64_162, "20,000")]
    [InlineData(641_620, "200,000")]
    [InlineData(6_416_200, "2,000,000")]
    public void The_axis_of_counts_has_its_numbers_however_long_they_are(long peak, string tick)
    {
        var data = new TimelineData(2 * Second, Second, [new ReasonSeries("NO_SOCKET", [peak, 1])], [], null);
        Assert.Contains(tick, Texts(TimelineChart.Draw(data, SampleCharts.Colours, 700, 240)));
    }

    [Fact]
    public void A_loss_is_hatched_over_its_span_and_labelled()
    {
        var drawing = TimelineChart.Draw(SampleCharts.Timeline(new LossSpan(8 * Second, 9 * Second, 37)), SampleCharts.Colours, 700, 240);
        var hatch = Assert.Single(drawing.Marks.OfType<Mark.Hatch>(), h => h.Datum is not null);
        Assert.Equal(new Datum("lost", 37, "8–9 s"), hatch.Datum);
        Assert.Contains("lost 37", Texts(drawing));
        var bin = drawing.Marks.OfType<Mark.Rectangle>().Single(r => r.Datum is { Series: "NO_SOCKET", Where: "9–10 s" });
        Assert.Equal(bin.X, hatch.X + hatch.Width, 6);
        Assert.All(hatch.Lines(), l => Assert.True(Inside(l.From) && Inside(l.To)));

        bool Inside(Point p) => p.X >= hatch.X - 1e-9 && p.X <= hatch.X + hatch.Width + 1e-9 && p.Y >= hatch.Y - 1e-9 && p.Y <= hatch.Y + hatch.Height + 1e-9;
    }

    [Fact]
    public void A_loss_of_unknown_size_says_so()
    {
        var texts = Texts(TimelineChart.Draw(SampleCharts.Timeline(new LossSpan(8 * Second, 8 * Second, null)), SampleCharts.Colours, 700, 240));
        Assert.Contains("lost, count unknown", texts);
        Assert.Contains("unknown", texts);
    }

    [Fact]
    public void No_drops_is_said_in_words()
    {
        var empty = new TimelineData(10 * Second, Second, [], [], null);
        var drawing = TimelineChart.Draw(empty, SampleCharts.Colours, 700, 240);
        Assert.Contains("No drops in this window", Texts(drawing));
        Assert.Equal("No drops in this window.", drawing.Description);
    }

    [Fact]
    public void One_drop_beside_a_flood_is_still_seen()
    {
        var data = new TimelineData(2 * Second, Second, [new ReasonSeries("NO_SOCKET", [1_000_000_000, 1])], [], null);
        var drawing = TimelineChart.Draw(data, SampleCharts.Colours, 700, 240);
        Assert.Equal(1, drawing.Marks.OfType<Mark.Rectangle>().Single(r => r.Datum is { Value: 1 }).Height, 6);
        Assert.Contains("1,000,000,001", Texts(drawing));
    }

    [Theory]
    [InlineData(1_000_000_000, "second", "100 ms", "1", "0.0–0.1 s")]
    [InlineData(500_000_000, "millisecond", "50 ms", "500", "0–50 ms")]
    [InlineData(200_000, "microsecond", "20 µs", "200", "0–20 µs")]
    public void Short_windows_have_axes_in_units_of_their_size(long window, string unit, string bin, string lastTick, string firstBin)
    {
        var data = new TimelineData(window, window / 10, [new ReasonSeries("NO_SOCKET", [7, 0, 0, 0, 0, 0, 0, 0, 0, 3])], [], null);
        var texts = Texts(TimelineChart.Draw(data, SampleCharts.Colours, 700, 240));
        Assert.Contains($"Drops per {bin}", texts);
        Assert.Contains($"{unit}s since start", texts);
        Assert.Contains(lastTick, texts);
        Assert.Contains($"peak 7 at {firstBin}", texts);
    }

    [Fact]
    public void Reasons_past_the_eighth_are_one_grey_layer()
    {
        var names = Enumerable.Range(0, 12).Select(i => $"REASON_{i}").ToArray();
        var data = new TimelineData(Second, Second, [.. names.Select((n, i) => new ReasonSeries(n, [100 - i]))], [], null);
        var columns = TimelineChart.Draw(data, new ReasonColours(names), 700, 240).Marks.OfType<Mark.Rectangle>().Where(r => r.Datum is not null).ToList();
        Assert.Equal([.. Palette.Reasons, Palette.Other], columns.Select(c => c.Fill));
        Assert.Equal(new Datum("other (4)", 92 + 91 + 90 + 89, "0–1 s"), columns[^1].Datum);
    }

    [Fact]
    public void The_words_tone_is_the_pages() => Assert.Contains(
        $"--{Palette.Of(Tone.Good).Name}: {Palette.Of(Tone.Good).Hex};",
        File.ReadAllText(Repository.At("src", "DropForensics.Analyze", "Html", "report.css")));

    [Fact]
    public void Texts_stay_inside_and_apart_whatever_the_data()
    {
        for (var seed = 0; seed < 250; seed++)
        {
            var data = SampleCharts.Nasty(seed, out var colours);
            AssertTidy(TimelineChart.Draw(data.Timeline, colours, 480 + (seed * 3), 160 + seed), seed);
        }
    }

    private static void AssertTidy(Drawing drawing, int seed)
    {
        var boxes = drawing.Marks.OfType<Mark.Text>().Select(t => (t.Content, Box: new Sketch(1, 1).Extent(t))).ToList();
        for (var i = 0; i < boxes.Count; i++)
        {
            var (text, box) = boxes[i];
            Assert.True(
                box.Left >= -1e-6 && box.Top >= -1e-6 && box.Right <= drawing.Width + 1e-6 && box.Bottom <= drawing.Height + 1e-6,
                $"seed {seed}: '{text}' leaves the picture");
            for (var j = 0; j < i; j++)
                Assert.False(box.Overlaps(boxes[j].Box), $"seed {seed}: '{text}' is over '{boxes[j].Content}'");
        }

        foreach (var (x, y, width, height) in drawing.Marks.Select(Bounds))
        {
            Assert.True(double.IsFinite(x + y + width + height) && width >= 0 && height >= 0, $"seed {seed}: a mark of no size");
            Assert.True(x >= -1e-6 && y >= -1e-6 && x + width <= drawing.Width + 1e-6 && y + height <= drawing.Height + 1e-6, $"seed {seed}: a mark leaves the picture");
        }
    }

    private static (double X, double Y, double Width, double Height) Bounds(Mark mark) => mark switch
    {
        Mark.Rectangle r => (r.X, r.Y, r.Width, r.Height),
        Mark.Hatch h => (h.X, h.Y, h.Width, h.Height),
        Mark.Line l => (Math.Min(l.From.X, l.To.X), Math.Min(l.From.Y, l.To.Y), Math.Abs(l.To.X - l.From.X), Math.Abs(l.To.Y - l.From.Y)),
        _ => default,
    };

    [Fact]
    public void Pairs_are_drawn_to_one_scale_and_what_may_be_missing_is_hatched()
    {
        var drawing = PairedBarChart.Draw(SampleCharts.Pairs(), 640);
        var bars = drawing.Marks.OfType<Mark.Rectangle>().Where(m => m.Datum is not null).ToList();
        double whole = bars[0].Width;
        Assert.Equal(new double[] { 80, 6, 80, 0, 0, 6 }, bars.Select(b => Math.Round(b.Width / whole * 80, 6)));
        Assert.Equal(["A", "B", "A", "B", "A", "B"], bars.Select(b => b.Datum!.Where)); // the filter above let those with a datum through
        var hatched = drawing.Marks.OfType<Mark.Hatch>().ToList();
        Assert.Equal(new[] { 14, 74 }, hatched.Select(h => (int)Math.Round(h.Width / whole * 80)));
        Assert.Equal(bars[1].X + bars[1].Width, hatched[0].X, 6);
        Assert.Contains("at least 6/s", Texts(drawing));
        Assert.Contains("No rates.", Texts(PairedBarChart.Draw(new PairedBarData("Rates", new BarOwner("A", "before.db"), new BarOwner("B", "after.db"), [], "No rates."), 640)));
    }

    private static List<string> Texts(Drawing drawing) => [.. drawing.Marks.OfType<Mark.Text>().Select(t => t.Content)];
}
