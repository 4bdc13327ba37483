namespace DropForensics.Analyze.Charts;

/// <summary>Interfaces as boxes, in frames for their namespaces, with lines between those that are connected. The bar of a box is its share of the drops.</summary>
public static class MapChart
{
    private const double Padding = 7, BarHeight = 4;

    private static readonly TextFace FrameName = new(12, Semibold: true);
    private static readonly TextFace FrameDetail = new(11);
    private static readonly TextFace Name = new(12, Semibold: true, Mono: true);
    private static readonly TextFace Detail = new(11);

    /// <summary>Draws the map, as large as it is.</summary>
    /// <param name="data">One line at least.</param>
    public static Drawing Draw(MapData data)
    {
        var layout = new MapLayout(data);
        var sketch = new Sketch(layout.Width, layout.Height);
        foreach ((Box area, MapFrame frame) in layout.Frames.Zip(data.Frames)) Frame(sketch, area, frame);
        foreach (IReadOnlyList<Point> line in layout.Lines)
        {
            foreach ((Point from, Point to) in line.Zip(line.Skip(1))) sketch.Line(from.X, from.Y, to.X, to.Y, Palette.Muted);
        }

        foreach ((Box area, MapBox box) in layout.Boxes.Zip(data.Boxes)) Interface(sketch, area, box, data.Frames[box.Frame].Name);
        return sketch.Finish(data.Title, data.Description);
    }

    private static void Frame(Sketch sketch, Box area, MapFrame frame)
    {
        // In the middle of a pixel, so that lines are sharp.
        double left = area.Left + 0.5, top = area.Top + 0.5, right = area.Right - 0.5, bottom = area.Bottom - 0.5;
        sketch.Line(left, top, right, top, Palette.Other);
        sketch.Line(left, bottom, right, bottom, Palette.Other);
        sketch.Line(left, top, left, bottom, Palette.Other);
        sketch.Line(right, top, right, bottom, Palette.Other);
        double textLeft = area.Left + (1.5 * Padding), room = area.Width - (3 * Padding);
        sketch.TryText(Sketch.PageFit.Middle(VisibleText.Of(frame.Name), room, FrameName), textLeft, area.Top + (frame.Detail.Length == 0 ? 26 : 19), FrameName, Palette.Ink);
        sketch.TryText(Sketch.PageFit.Middle(VisibleText.Of(frame.Detail), room, FrameDetail), textLeft, area.Top + 34, FrameDetail, Palette.Muted);
    }

    private static void Interface(Sketch sketch, Box area, MapBox box, string frame)
    {
        double left = area.Left + Padding, right = area.Right - Padding, room = right - left;
        sketch.Rectangle(area, Palette.Frame, new Datum(box.Name, box.Drops, frame) { Row = box.Row });
        double trouble = box.Trouble.Length == 0 ? 0 : Sketch.PageFit.Measure(box.Trouble, Detail) + Padding;
        sketch.TryText(box.Trouble, right, area.Top + 17, Detail, Palette.Harmful, TextAnchor.End);
        sketch.TryText(Sketch.PageFit.Middle(VisibleText.Of(box.Name), room - trouble, Name), left, area.Top + 17, Name, Palette.Ink);
        double count = box.Count.Length == 0 ? 0 : Sketch.PageFit.Measure(box.Count, Detail) + Padding;
        sketch.TryText(box.Count, right, area.Top + 33, Detail, Palette.Ink, TextAnchor.End);
        sketch.TryText(Sketch.PageFit.Middle(VisibleText.Of(box.Kind), room - count, Detail), left, area.Top + 33, Detail, Palette.Muted);
        if (box.Drops == 0) return;
        sketch.Rectangle(new Box(left, area.Top + 39, room, BarHeight), Palette.Paper);
        sketch.Rectangle(new Box(left, area.Top + 39, room * box.Share, BarHeight), Palette.Accent);
    }
}
