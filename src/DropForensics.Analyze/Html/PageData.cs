using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Html;

/// <summary>
/// What the page's script works with: numbers by row and bin, whose rows are those of the page's own tables. They are written as text: each number
/// in digits of five bits, the lowest first, of which all but the last have a sixth bit set; in a series a dot before it says that it counts bins
/// of nothing. Most numbers are one character then, and what a page may weigh is mostly such numbers.
/// </summary>
internal static class PageData
{
    private const string Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    /// <summary>The document; it can stand within a script element, for <c>&lt;</c> is escaped.</summary>
    public static string Of(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory))
        {
            json.WriteStartObject();
            json.WriteNumber("startNs", facts.Timeline.StartNs);
            json.WriteNumber("binNs", facts.Timeline.BinNs);
            json.WriteNumber("bins", facts.Timeline.Series.Count == 0 ? 1 : facts.Timeline.Series[0].Drops.Count);
            json.WriteNumber("spanNs", ReportCharts.SpanNs(model));
            json.WriteString("one", model.Subject.One);
            json.WriteString("many", model.Subject.Many);
            Cells(json, model);
            Lists(json, model);
            Frames(json, model);
            Heat(json, model.Exploration.Heat);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    private static void Cells(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("cellLists");
        foreach (Dimension dimension in Dimension.Crossed.Concat(Dimension.OfPlaces))
        {
            json.WriteStringValue(dimension.Id);
        }

        json.WriteEndArray();
        json.WriteStartArray("places"); // a row in each of the lists that a place decides, and the outermost frame in the flame graph
        foreach ((int i, BinnedCell cell) in model.Exploration.Cells.Index())
        {
            json.WriteStringValue(Text(cell.Place.Rows.Append(model.Exploration.Flame.Leaves[i])));
        }

        json.WriteEndArray();
        json.WriteStartArray("cells"); // a place, and a row in each of the other lists
        foreach (SelectableDrops drops in model.Exploration.Selectable)
        {
            json.WriteStringValue(Text(drops.Rows.Prepend(drops.Cell)));
        }

        json.WriteEndArray();
        List(json, "drops", model.Exploration.Selectable.Select(c => c.Drops));
    }

    /// <summary>Drops over time of the rows that do not follow from a place. Of those that the cells have, nothing: the cells' sum is theirs.</summary>
    private static void Lists(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartObject("lists");
        foreach ((int i, Dimension dimension) in Dimension.Crossed.Index())
        {
            HashSet<int> ofCells = [.. model.Exploration.Selectable.Select(drops => drops.Rows[i])];
            IReadOnlyList<int[]?> all = dimension.Bins(model.Facts);
            List<int[]?> bins = dimension == Dimension.Cpus ? [.. model.Exploration.Cpus.Select(cpu => all[cpu])] : [.. all.Take(model.Limits.Rows)];
            List(json, dimension.Id, bins.Select((row, number) => ofCells.Contains(number) ? [] : row));
        }

        json.WriteEndObject();
    }

    private static void Frames(Utf8JsonWriter json, ReportModel model)
    {
        IReadOnlyList<FlameFrame> frames = model.Exploration.Flame.Frames;
        json.WriteStartObject("frames");
        json.WritePropertyName("parents");
        Numbers(json, frames.Select(f => f.Parent));
        string[] names = [.. frames.Select(f => f.Name).Distinct()];
        Dictionary<string, int> numbers = names.Index().ToDictionary(n => n.Item, n => n.Index);
        json.WritePropertyName("nameOf");
        Numbers(json, frames.Select(f => numbers[f.Name]));
        json.WriteStartArray("names");
        foreach (string name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteStartArray("colours"); // of the first row, from left to right
        foreach (FlameFrame frame in frames.Where(f => f.Parent < 0))
        {
            json.WriteStringValue(model.Colours.Of(frame.Reason ?? "").Name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Heat(Utf8JsonWriter json, HeatGrid heat)
    {
        json.WriteStartObject("heat");
        json.WritePropertyName("rowOf");
        Numbers(json, heat.RowOf);
        json.WritePropertyName("columnOf");
        Numbers(json, heat.ColumnOf);
        json.WriteNumber("columns", heat.Columns.Count);
        json.WriteBoolean("byFunction", heat.IsByFunction);
        json.WriteEndObject();
    }

    private static void List(Utf8JsonWriter json, string name, IEnumerable<int[]?> rows)
    {
        json.WriteStartArray(name);
        foreach (int[]? row in rows)
        {
            json.WriteStringValue(row is null ? null : Text(row));
        }

        json.WriteEndArray();
    }

    // Rows below zero stand for none, and for what is left out.
    private static string Text(IEnumerable<int> rows)
    {
        var text = new StringBuilder();
        foreach (int row in rows)
        {
            Append(text, row - Exploration.LeftOut);
        }

        return text.ToString();
    }

    private static string Text(int[] series)
    {
        var text = new StringBuilder();
        int nothing = 0;
        foreach (int drops in series)
        {
            if (drops == 0)
            {
                nothing++;
                continue;
            }

            if (nothing > 0)
            {
                Append(text.Append('.'), nothing);
                nothing = 0;
            }

            Append(text, drops);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, int number)
    {
        for (; number > 31; number >>= 5)
        {
            text.Append(Digits[32 | (number & 31)]);
        }

        text.Append(Digits[number]);
    }

    private static void Numbers(Utf8JsonWriter json, IEnumerable<int> numbers)
    {
        json.WriteStartArray();
        foreach (int number in numbers)
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
    }
}
