using System.Globalization;
using System.Xml.Linq;
using DropForensics.Analyze.Charts;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

public sealed class ChartRendererTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void The_summary_is_a_PNG_of_exactly_1600_by_900()
    {
        var png = PngDecoder.Decode(Png(Summary()));
        Assert.Equal((1600, 900), (png.Width, png.Height));
        Assert.Equal("#ffffff", png[0, 0]);
    }

    [Fact]
    public void Every_run_gives_the_same_bytes()
    {
        Assert.Equal(Png(Summary()), Png(Summary()));
        Assert.Equal(new SvgRenderer().Render(Summary()), new SvgRenderer().Render(Summary()));
    }

    [Fact]
    public void SVG_and_PNG_show_every_column_at_one_place_in_one_colour()
    {
        var drawing = TimelineChart.Draw(SampleCharts.Timeline(), SampleCharts.Colours, 700, 240);
        var png = PngDecoder.Decode(Png(drawing));
        var marks = drawing.Marks.OfType<Mark.Rectangle>().ToList();
        var rects = Parse(drawing).Descendants(Svg + "rect").ToList();
        Assert.Equal(marks.Count, rects.Count);
        foreach (var (mark, rect) in marks.Zip(rects))
        {
            double x = Number(rect, "x"), y = Number(rect, "y"), width = Number(rect, "width"), height = Number(rect, "height");
            Assert.Equal(mark.Datum?.Value?.ToString(CultureInfo.InvariantCulture), rect.Attribute("data-value")?.Value);
            Assert.Equal((mark.X, mark.Width), (x, width), CloseEnough);
            Assert.Equal((mark.Y, mark.Height), (y, height), CloseEnough);
            if (height < 1.5)
                continue;
            var hex = rect.Attribute("fill")!.Value[^8..^1];
            Assert.Equal(hex, png[(int)((x + (width / 2)) * 2), (int)((y + (height / 2)) * 2)]);
            Assert.NotEqual(hex, png[(int)((x + (width / 2)) * 2), (int)Math.Floor(y * 2) - 1]);
            Assert.NotEqual(hex, png[(int)Math.Floor(x * 2) - 1, (int)((y + (height / 2)) * 2)]);
        }
    }

    public static TheoryData<string> Charts => ["bars", "heat", "flame", "pairs"];

    [Theory]
    [MemberData(nameof(Charts))]
    public void SVG_and_PNG_of_a_chart_have_the_same_marks_at_the_same_places_with_the_same_values(string chart)
    {
        Drawing drawing = chart switch
        {
            "bars" => BarChart.Draw(SampleCharts.Sites(), SampleCharts.Colours, 300),
            "heat" => HeatChart.Draw(SampleCharts.Heat(), 700),
            "pairs" => PairedBarChart.Draw(SampleCharts.Pairs(), 640),
            _ => FlameChart.Draw(SampleCharts.Flame(), SampleCharts.Colours, 700),
        };
        var png = PngDecoder.Decode(Png(drawing));
        var marks = drawing.Marks.OfType<Mark.Rectangle>().Where(m => m.Datum is not null).ToList();
        var rects = Parse(drawing).Descendants(Svg + "rect").Where(r => r.Attribute("data-series") is not null).ToList();
        Assert.True(marks.Count > 1);
        Assert.Equal(marks.Select(m => (m.Datum!.Series, m.Datum.Where, m.Datum.Value)), rects.Select(r => // the filter above let those with a datum through
            (r.Attribute("data-series")!.Value, r.Attribute("data-where")?.Value ?? "", (long?)long.Parse(r.Attribute("data-value")!.Value, CultureInfo.InvariantCulture))));
        foreach (var (mark, rect) in marks.Zip(rects))
        {
            double x = Number(rect, "x"), y = Number(rect, "y"), width = Number(rect, "width"), height = Number(rect, "height");
            Assert.Equal((mark.X, mark.Width), (x, width), CloseEnough);
            Assert.Equal((mark.Y, mark.Height), (y, height), CloseEnough);
            if (width < 4)
                continue;

            // Below its letters, and near its right end, which says that it is as wide.
            foreach (var at in new[] { x + 1.5, x + width - 1.5 })
                Assert.Equal(rect.Attribute("fill")!.Value[^8..^1], png[(int)(at * 2), (int)((y + height - 0.75) * 2)]);
        }
    }

    [Fact]
    public void Frames_lie_below_the_one_they_hang_from_and_within_it()
    {
        var data = SampleCharts.Flame();
        var boxes = FlameChart.Draw(data, SampleCharts.Colours, 700).Marks.OfType<Mark.Rectangle>().Where(m => m.Datum is not null).Skip(1).ToList();
        Assert.Equal(data.Frames.Count, boxes.Count);
        for (var i = 0; i < boxes.Count; i++)
        {
            Assert.Equal(700.0 * data.Frames[i].Drops / data.Total, boxes[i].Width, 1.01);
            if (data.Frames[i].Parent < 0)
                continue;
            var parent = boxes[data.Frames[i].Parent];
            Assert.Equal(parent.Y + FlameChart.RowHeight, boxes[i].Y, 6);
            Assert.InRange(boxes[i].X, parent.X, parent.X + parent.Width);
            Assert.InRange(boxes[i].X + boxes[i].Width, parent.X, parent.X + parent.Width + 0.001);
        }
    }

    [Theory]
    [InlineData(0, 1000, 0)]
    [InlineData(1, 1, 5)]
    [InlineData(500, 1000, 5)]
    [InlineData(499, 1000, 4)]
    [InlineData(99, 1000, 3)]
    [InlineData(9, 1000, 2)]
    [InlineData(1, 1_000_000, 1)]
    public void A_cell_is_as_dark_as_its_share_of_the_largest(long count, long largest, int level) => Assert.Equal(level, HeatScale.LevelOf(count, largest));

    [Fact]
    public void Texts_are_where_the_layout_put_them_and_as_wide_as_it_measured()
    {
        var drawing = Summary();
        foreach (var (mark, text) in drawing.Marks.OfType<Mark.Text>().Zip(Parse(drawing).Descendants(Svg + "text")))
        {
            Assert.Equal(mark.Content, text.Value);
            Assert.Equal((mark.X, mark.Baseline), (Number(text, "x"), Number(text, "y")), CloseEnough);
            Assert.Equal(Sketch.Extent(mark).Width, Number(text, "textLength"), 0.001);
        }
    }

    [Fact]
    public void A_drawing_says_what_it_is_to_those_who_cannot_see_it()
    {
        var root = Parse(Summary()).Root!;
        Assert.Equal("img", root.Attribute("role")!.Value);
        Assert.StartsWith("333 packets dropped", root.Element(Svg + "title")!.Value, StringComparison.Ordinal);
        Assert.EndsWith("Harmful: A receive buffer is full: 12 packets. Complete. 333 captured, 0 lost.", root.Element(Svg + "desc")!.Value);
    }

    [Fact]
    public void Hostile_text_is_only_ever_text()
    {
        string[] elements = ["svg", "title", "desc", "rect", "path", "line", "text"];
        for (var seed = 0; seed < 60; seed++)
        {
            var data = SampleCharts.Nasty(seed, out var colours);
            var drawing = SummaryPicture.Draw(data, colours);
            var svg = new SvgRenderer().Render(drawing);
            Assert.DoesNotContain("<script", svg, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("url(", svg, StringComparison.Ordinal);
            var document = XDocument.Parse(svg);
            Assert.All(document.Descendants(), e => Assert.Contains(e.Name.LocalName, elements));
            Assert.All(document.Descendants().Attributes(), a => Assert.DoesNotContain("href", a.Name.LocalName, StringComparison.Ordinal));
            Assert.All(document.Descendants().SelectMany(e => e.Nodes()).OfType<XText>(), t => Assert.DoesNotContain(t.Value, c => c is '\u202e' or '\u001b' or '\0'));
        }
    }

    [Fact]
    public void Nasty_data_renders_to_a_whole_picture()
    {
        for (var seed = 0; seed < 6; seed++)
        {
            var data = SampleCharts.Nasty(seed, out var colours);
            Assert.Equal(1600, PngDecoder.Decode(Png(SummaryPicture.Draw(data, colours))).Width);
        }
    }

    [Fact]
    public void Every_kind_of_mark_is_rendered_by_both()
    {
        Point[] triangle = [new(10, 10), new(30, 10), new(10, 30)];
        Mark[] marks =
        [
            new Mark.Area(triangle, Palette.Accent),
            new Mark.Polyline([new(40, 40), new(60, 40), new(60, 60)], 4, Palette.Harmful) { Datum = new Datum("lost", null) },
            new Mark.Line(new(70, 10), new(70, 30), 2, Palette.Ink),
            new Mark.Hatch(80, 10, 10, 10, Palette.Harmful),
            new Mark.Rectangle(-50, -50, 60, 52, Palette.Depends),
            new Mark.Rectangle(95, 95, 1e6, 1e6, Palette.Depends),
        ];
        var drawing = new Drawing(100, 100, "all", "marks", marks);
        var png = PngDecoder.Decode(Png(drawing));
        Assert.Equal(Palette.Accent.Hex, png[28, 28]);
        Assert.Equal("#ffffff", png[56, 56]);
        Assert.Equal(Palette.Harmful.Hex, png[119, 79]);
        Assert.Equal(Palette.Ink.Hex, png[139, 40]);
        Assert.Equal(Palette.Depends.Hex, png[0, 0]);
        Assert.Equal(Palette.Depends.Hex, png[199, 199]);
        var svg = Parse(drawing);
        Assert.Equal("10,10 30,10 10,30", svg.Descendants(Svg + "polygon").Single().Attribute("points")!.Value);
        Assert.Equal("lost: unknown", svg.Descendants(Svg + "polyline").Single().Element(Svg + "title")!.Value);
    }

    private static Drawing Summary() => SummaryPicture.Draw(
        SampleCharts.Summary(SampleCharts.Timeline(new LossSpan(8_000_000_000, 9_000_000_000, 37))), SampleCharts.Colours);

    private static byte[] Png(Drawing drawing)
    {
        using var output = new MemoryStream();
        new PngRenderer(2).Render(drawing, output);
        return output.ToArray();
    }

    private static XDocument Parse(Drawing drawing) => XDocument.Parse(new SvgRenderer().Render(drawing));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static bool CloseEnough((double, double) a, (double, double) b) => Math.Abs(a.Item1 - b.Item1) <= 0.001 && Math.Abs(a.Item2 - b.Item2) <= 0.001;
}
