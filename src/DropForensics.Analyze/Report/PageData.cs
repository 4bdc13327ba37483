using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Report;

/// <summary>
/// What the page's script works with: numbers by row and bin, whose rows are those of the page's own tables. Of a series, a number
/// below zero says how many bins of nothing follow.
/// </summary>
internal static class PageData
{
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
            json.WriteStartObject("lists");
            List(json, "flows", facts.Binned.Flows);
            List(json, "services", facts.Binned.Services);
            List(json, "processes", facts.Binned.Processes);
            List(json, "cpus", facts.Binned.Cpus);
            List(json, "protocols", facts.Binned.Protocols);
            json.WriteEndObject();
            Frames(json, model);
            Heat(json, model.Exploration.Heat);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(memory.GetBuffer(), 0, (int)memory.Length);
    }

    private static void Cells(Utf8JsonWriter json, ReportModel model)
    {
        json.WriteStartArray("cells");
        foreach ((int i, BinnedCell cell) in model.Exploration.Cells.Index())
        {
            BinnedPlace place = cell.Place;
            Numbers(json, [place.Site, place.Reason, place.Driver, place.Entry, place.Interface, place.Namespace, place.Stack, model.Exploration.Flame.Leaves[i]]);
        }

        json.WriteEndArray();
        List(json, "drops", model.Exploration.Cells.Select(c => c.Drops));
    }

    private static void Frames(Utf8JsonWriter json, ReportModel model)
    {
        IReadOnlyList<FlameFrame> frames = model.Exploration.Flame.Frames;
        json.WriteStartObject("frames");
        json.WritePropertyName("parents");
        Numbers(json, frames.Select(f => f.Parent));
        json.WriteStartArray("names");
        foreach (FlameFrame frame in frames)
        {
            json.WriteStringValue(frame.Name);
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
            if (row is null)
            {
                json.WriteNullValue();
            }
            else
            {
                Numbers(json, Packed(row));
            }
        }

        json.WriteEndArray();
    }

    private static IEnumerable<int> Packed(int[] series)
    {
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
                yield return -nothing;
                nothing = 0;
            }

            yield return drops;
        }
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
