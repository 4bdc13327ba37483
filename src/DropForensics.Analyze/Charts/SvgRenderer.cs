using System.Globalization;
using System.Text;
using System.Xml;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// Renders a drawing as SVG for a file of its own and for a page: no script, style sheet, id or reference. Colours are
/// CSS variables with the light theme's value as fallback. A mark with a datum has <c>data-series</c>,
/// <c>data-value</c>, <c>data-where</c> and <c>data-row</c>, and a title that shows on hovering; the area within the axes is in <c>data-plot</c>.
/// </summary>
public sealed class SvgRenderer
{
    private const string Namespace = "http://www.w3.org/2000/svg";

    /// <summary>Whether hovering over a mark shows its number.</summary>
    public bool HasNumbersOnHover { get; init; } = true;

    /// <summary>Writes the whole file; leaves the stream open.</summary>
    public void Render(Drawing drawing, Stream output)
    {
        var settings = new XmlWriterSettings
        {
            OmitXmlDeclaration = true,
            Encoding = new UTF8Encoding(false),
            Indent = true,
            IndentChars = " ",
            NewLineChars = "\n",
        };
        using var svg = XmlWriter.Create(output, settings);
        svg.WriteStartElement("svg", Namespace);
        Attribute(svg, "viewBox", $"0 0 {N(drawing.Width)} {N(drawing.Height)}");
        Attribute(svg, "width", N(drawing.Width));
        Attribute(svg, "height", N(drawing.Height));
        Attribute(svg, "role", "img");
        if (drawing.Plot is { } plot)
            Attribute(svg, "data-plot", $"{N(plot.X)} {N(plot.Y)} {N(plot.Width)} {N(plot.Height)}");
        svg.WriteElementString("title", Namespace, VisibleText.Of(drawing.Title));
        svg.WriteElementString("desc", Namespace, VisibleText.Of(drawing.Description));
        foreach (Mark mark in drawing.Marks)
            Write(svg, mark);
        svg.WriteEndElement();
    }

    /// <summary>The SVG as text, for a page to contain.</summary>
    public string Render(Drawing drawing)
    {
        using var memory = new MemoryStream();
        Render(drawing, memory);
        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    private void Write(XmlWriter svg, Mark mark)
    {
        switch (mark)
        {
            case Mark.Rectangle r:
                Start(svg, "rect", mark, ("x", r.X), ("y", r.Y), ("width", r.Width), ("height", r.Height));
                Attribute(svg, "fill", r.Fill.Css);
                break;
            case Mark.Hatch h:
                Start(svg, "path", mark);
                Attribute(svg, "d", string.Concat(h.Lines().Select(l => $"M{P(l.From)}L{P(l.To)}")));
                Attribute(svg, "stroke", h.Stroke.Css);
                break;
            case Mark.Line l:
                Start(svg, "line", mark, ("x1", l.From.X), ("y1", l.From.Y), ("x2", l.To.X), ("y2", l.To.Y), ("stroke-width", l.Thickness));
                Attribute(svg, "stroke", l.Stroke.Css);
                break;
            case Mark.Text t:
                WriteText(svg, t);
                return;
        }

        if (HasNumbersOnHover && mark.Datum is { } datum)
            svg.WriteElementString("title", Namespace, Tooltip(datum));
        svg.WriteEndElement();
    }

    /// <summary>With the width that the layout measured, so that the text fits whatever font the reader has.</summary>
    private static void WriteText(XmlWriter svg, Mark.Text text)
    {
        Start(svg, "text", text, ("x", text.X), ("y", text.Baseline), ("font-size", text.Face.Size));
        Attribute(svg, "font-family", text.Face.Mono ? "ui-monospace, monospace" : "system-ui, sans-serif");
        if (text.Face.Semibold)
            Attribute(svg, "font-weight", "600");
        if (text.Anchor != TextAnchor.Start)
            Attribute(svg, "text-anchor", text.Anchor == TextAnchor.End ? "end" : "middle");
        Attribute(svg, "textLength", N(Sketch.PageFit.Measure(text.Content, text.Face)));
        Attribute(svg, "lengthAdjust", "spacingAndGlyphs");
        Attribute(svg, "fill", text.Fill.Css);
        svg.WriteAttributeString("xml", "space", null, "preserve");
        svg.WriteString(VisibleText.Of(text.Content));
        svg.WriteEndElement();
    }

    private static void Start(XmlWriter svg, string element, Mark mark, params ReadOnlySpan<(string Name, double Value)> numbers)
    {
        svg.WriteStartElement(element, Namespace);
        foreach ((string? name, double value) in numbers)
            Attribute(svg, name, N(value));
        if (mark.Datum is not { } datum)
            return;
        Attribute(svg, "data-series", VisibleText.Of(datum.Series));
        if (datum.Value is { } count)
            Attribute(svg, "data-value", count.ToString(CultureInfo.InvariantCulture));
        if (datum.Where.Length > 0)
            Attribute(svg, "data-where", VisibleText.Of(datum.Where));
        if (datum.Row is { } row)
            Attribute(svg, "data-row", row.ToString(CultureInfo.InvariantCulture));
    }

    private static string Tooltip(Datum datum)
    {
        string value = datum.Value is { } count ? Units.Count(count) : "unknown";
        return VisibleText.Of(datum.Where.Length > 0 ? $"{datum.Series}: {value} at {datum.Where}" : $"{datum.Series}: {value}");
    }

    private static void Attribute(XmlWriter svg, string name, string value) => svg.WriteAttributeString(name, value);

    private static string P(Point point) => $"{N(point.X)},{N(point.Y)}";

    /// <summary>Thousandths of a pixel are enough, and keep the page small.</summary>
    private static string N(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
