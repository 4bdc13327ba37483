using System.Globalization;
using System.Xml.Linq;
using DropForensics.Analyze.Charts;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

public sealed class ChartRendererTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static TheoryData<string> Charts => ["timeline", "flame", "pairs"];

    [Theory]
    [MemberData(nameof(Charts))]
    public void The_SVG_of_a_chart_has_its_marks_at_their_places_with_their_values(string chart)
    {
        Drawing drawing = chart switch
        {
            "timeline" => Timeline(),
            "pairs" => PairedBarChart.Draw(SampleCharts.Pairs(), 640),
            _ => FlameChart.Draw(SampleCharts.Flame(), SampleCharts.Colours, 700),
        };
        var marks = drawing.Marks.OfType<Mark.Rectangle>().Where(m => m.Datum is not null).ToList();
        var rects = Parse(drawing).Descendants(Svg + "rect").Where(r => r.Attribute("data-series") is not null).ToList();
        Assert.True(marks.Count > 1);
        Assert.Equal(marks.Select(m => (m.Datum!.Series, m.Datum.Where, m.Datum.Value)), rects.Select(r => // the filter above let those with a datum through
            (r.Attribute("data-series")!.Value, r.Attribute("data-where")?.Value ?? "", (long?)long.Parse(r.Attribute("data-value")!.Value, CultureInfo.InvariantCulture))));
        foreach (var (mark, rect) in marks.Zip(rects))
        {
            Assert.Equal((mark.X, mark.Width), (Number(rect, "x"), Number(rect, "width")), CloseEnough);
            Assert.Equal((mark.Y, mark.Height), (Number(rect, "y"), Number(rect, "height")), CloseEnough);
            Assert.Equal(mark.Fill.Hex, rect.Attribute("fill")!.Value[^8..^1]);
        }

        Assert.Equal(new SvgRenderer().Render(drawing), new SvgRenderer().Render(drawing));
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
        var drawing = Timeline();
        foreach (var (mark, text) in drawing.Marks.OfType<Mark.Text>().Zip(Parse(drawing).Descendants(Svg + "text")))
        {
            Assert.Equal(mark.Content, text.Value);
            Assert.Equal((mark.X, mark.Baseline), (Number(text, "x"), Number(text, "y")), CloseEnough);
            Assert.Equal(new Sketch(1, 1).Extent(mark).Width, Number(text, "textLength"), 0.001);
        }
    }

    [Fact]
    public void A_drawing_says_what_it_is_to_those_who_cannot_see_it()
    {
        var root = Parse(Timeline()).Root!;
        Assert.Equal("img", root.Attribute("role")!.Value);
        Assert.Equal("Drops per second", root.Element(Svg + "title")!.Value);
        Assert.Equal("333 drops in 10 s; peak 120 at 4–5 s.", root.Element(Svg + "desc")!.Value);
    }

    [Fact]
    public void Hostile_text_is_only_ever_text()
    {
        string[] elements = ["svg", "title", "desc", "rect", "path", "line", "text"];
        for (var seed = 0; seed < 60; seed++)
        {
            var data = SampleCharts.Nasty(seed, out var colours);
            var drawing = TimelineChart.Draw(data.Timeline, colours, 700, 240);
            var svg = new SvgRenderer().Render(drawing);
            Assert.DoesNotContain("<script", svg, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("url(", svg, StringComparison.Ordinal);
            var document = XDocument.Parse(svg);
            Assert.All(document.Descendants(), e => Assert.Contains(e.Name.LocalName, elements));
            Assert.All(document.Descendants().Attributes(), a => Assert.DoesNotContain("href", a.Name.LocalName, StringComparison.Ordinal));
            Assert.All(document.Descendants().SelectMany(e => e.Nodes()).OfType<XText>(), t => Assert.DoesNotContain(t.Value, c => c is '\u202e' or '\u001b' or '\0'));
        }
    }

    private static Drawing Timeline() => TimelineChart.Draw(
        SampleCharts.Timeline(new LossSpan(8_000_000_000, 9_000_000_000, 37)), SampleCharts.Colours, 700, 240);

    private static XDocument Parse(Drawing drawing) => XDocument.Parse(new SvgRenderer().Render(drawing));

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static bool CloseEnough((double, double) a, (double, double) b) => Math.Abs(a.Item1 - b.Item1) <= 0.001 && Math.Abs(a.Item2 - b.Item2) <= 0.001;
}
