using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// A flame graph, for page and picture, that hangs from its top: all drops, below them the functions that decided, each above its caller. A frame is as wide as
/// its share. The band on top of a deciding function has its reason's colour.
/// </summary>
public static class FlameChart
{
    internal const double RowHeight = 18;
    private const double TitleHeight = 20;
    private const double Gap = 1;
    private const double BandHeight = 3;

    /// <summary>A narrower frame would be a line.</summary>
    private const double Narrowest = 0.75;

    /// <summary>Less shows but a letter or two.</summary>
    private const double NarrowestLabel = 40;

    private const int MostRows = 48;
    private static readonly TextFace Title = new(12, Semibold: true);
    private static readonly TextFace Label = new(10, Mono: true);
    private static readonly TextFace Message = new(12);

    /// <summary>Draws all frames that are wide enough to be seen.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="colours">Colours of the reasons.</param>
    /// <param name="width">In logical pixels, 120 or more.</param>
    /// <param name="mostFrames">Of more, the widest are drawn.</param>
    public static Drawing Draw(FlameData data, ReasonColours colours, double width, int mostFrames = int.MaxValue)
    {
        List<(FlameFrame Frame, double Left, double Width, int Depth)> places = Widest(Layout(data, width), mostFrames);
        var sketch = new Sketch(width, HeightOf(places));
        Compose(sketch, new Box(0, 0, width, sketch.Height), data, colours, places);
        if (places.Count == 0)
            return sketch.Finish(data.Title, data.WhyEmpty);
        FlameFrame first = data.Frames[0];
        return sketch.Finish(data.Title, $"{first.Name} leads with {Units.Count(first.Drops)} of {Units.Count(data.Total)}.");
    }

    /// <summary>How high it is.</summary>
    public static double HeightOf(FlameData data, double width) => HeightOf(Layout(data, width));

    /// <summary>Draws it at the top of an area, as wide as that.</summary>
    internal static void Compose(Surface surface, Box area, FlameData data, ReasonColours colours) =>
        Compose(surface, area, data, colours, Layout(data, area.Width));

    private static double HeightOf(List<(FlameFrame Frame, double Left, double Width, int Depth)> places) =>
        TitleHeight + ((places.Count == 0 ? 2 : places.Max(p => p.Depth) + 1) * RowHeight);

    private static void Compose(Surface surface, Box area, FlameData data, ReasonColours colours, List<(FlameFrame Frame, double Left, double Width, int Depth)> places)
    {
        surface.TryText(surface.Fit.End(VisibleText.Of(data.Title), area.Width, Title), area.Left, area.Top + 11, Title, Palette.Ink);
        if (places.Count == 0)
        {
            surface.TryText(surface.Fit.End(VisibleText.Of(data.WhyEmpty), area.Width, Message), area.Left, area.Top + TitleHeight + 14, Message, Palette.Muted);
            return;
        }

        Draw(surface, new Box(area.Left, area.Top + TitleHeight, area.Width, RowHeight - Gap), $"all {data.Subject}", Palette.Frame, null, new Datum($"all {data.Subject}", data.Total));
        foreach ((FlameFrame? frame, double left, double wide, int depth) in places)
        {
            var box = new Box(area.Left + left, area.Top + TitleHeight + (depth * RowHeight), Math.Max(Narrowest, wide - Gap), RowHeight - Gap);
            Draw(surface, box, frame.Name, frame.IsModule ? Palette.ModuleFrame : Palette.Frame, frame.Reason is { } reason ? colours.Of(reason) : null, new Datum(frame.Name, frame.Drops, frame.Reason ?? ""));
        }
    }

    private static void Draw(Surface surface, Box box, string name, Colour fill, Colour? band, Datum datum)
    {
        const double margin = 4;
        surface.Rectangle(box, fill, datum);
        if (band is not null)
            surface.Rectangle(box with { Height = BandHeight }, band);
        if (box.Width < NarrowestLabel)
            return;
        double room = box.Width - (2 * margin);
        string label = VisibleText.Of(name);
        if (surface.Fit.Measure(label, Label) > room)
            label = surface.Fit.End(label.Split(' ')[0], room, Label); // the function matters more than its module
        surface.TryText(label, box.Left + margin, box.Top + 13, Label, Palette.Ink);
    }

    /// <summary>A frame is never wider than the one it hangs from, and comes after it.</summary>
    private static List<(FlameFrame Frame, double Left, double Width, int Depth)> Widest(
        List<(FlameFrame Frame, double Left, double Width, int Depth)> places, int most) => places.Count <= most
        ? places
        : places.Index().OrderByDescending(p => p.Item.Width).ThenBy(p => p.Index).Take(most).OrderBy(p => p.Index).Select(p => p.Item).ToList();

    /// <summary>Where each frame goes; row 0 is that of all drops. A frame's callers begin where it does.</summary>
    private static List<(FlameFrame Frame, double Left, double Width, int Depth)> Layout(FlameData data, double width)
    {
        List<(FlameFrame, double, double, int)> places = [];
        double[] lefts = new double[data.Frames.Count]; // where the next one that hangs from it goes
        int[] depths = new int[data.Frames.Count];
        double nextRoot = 0;
        for (int i = 0; i < data.Frames.Count; i++)
        {
            FlameFrame frame = data.Frames[i];
            ref double next = ref frame.Parent < 0 ? ref nextRoot : ref lefts[frame.Parent];
            double wide = data.Total > 0 ? width * frame.Drops / data.Total : 0;
            lefts[i] = next;
            depths[i] = frame.Parent < 0 ? 1 : depths[frame.Parent] + 1;
            if (wide >= Narrowest && depths[i] < MostRows)
                places.Add((frame, next, wide, depths[i]));
            next += wide;
        }

        return places;
    }
}
