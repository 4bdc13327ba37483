using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;

namespace DropForensics.Analyze.Report;

/// <summary>A section of the report.</summary>
/// <param name="Id">As the page's links have it.</param>
/// <param name="Title">Its heading.</param>
/// <param name="WhyNot">Why it shows nothing, as a clause; null where it shows something.</param>
/// <param name="Tables">Its tables whose numbers are not among the facts.</param>
internal sealed record JsonSection(string Id, string Title, string? WhyNot, IReadOnlyList<JsonTable> Tables)
{
    public static IReadOnlyList<JsonSection> Of(ReportModel model) => [.. ReportSections.Of(model).Select(section => new JsonSection(
        section.Id, section.Title, section.WhyNot, [.. section.Tables.Where(table => !table.IsInFacts).Select(JsonTable.Of)]))];
}

/// <summary>A table.</summary>
/// <param name="Caption">What is counted.</param>
/// <param name="Columns">Their heads, the name of a row first.</param>
/// <param name="Rows">The cells of each: numbers where they are numbers, shares 0 to 1.</param>
internal sealed record JsonTable(string Caption, IReadOnlyList<string> Columns, IReadOnlyList<JsonRow> Rows)
{
    public static JsonTable Of(ReportTable table) => new(table.Caption, [.. table.Columns.Select(column => column.Head)], [.. table.Rows.Select(row => new JsonRow(row))]);
}

/// <summary>A row: an array.</summary>
[JsonConverter(typeof(Converter))]
internal sealed record JsonRow(Row Row)
{
    internal sealed class Converter : JsonConverter<JsonRow>
    {
        public override JsonRow Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, JsonRow value, JsonSerializerOptions options)
        {
            writer.WriteStartArray();
            foreach (Cell cell in value.Row.Cells)
            {
                switch (cell)
                {
                    case CountCell { Count: null } or NumberCell { Number: null } or NameCell { Name: null } or ReasonCell { Name: null }:
                        writer.WriteNullValue();
                        break;
                    case ShareCell share:
                        writer.WriteNumberValue(share.Share);
                        break;
                    case CountCell { Count: { } count }: // whole numbers as they are: a cell's value is rounded from 2^53 on
                        writer.WriteNumberValue(count);
                        break;
                    case NumberCell { Number: { } number }:
                        writer.WriteNumberValue(number);
                        break;
                    case TimeCell time:
                        writer.WriteNumberValue(time.Ns);
                        break;
                    default:
                        writer.WriteStringValue(cell.Text);
                        break;
                }
            }

            writer.WriteEndArray();
        }
    }
}
