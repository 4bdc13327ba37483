using System.Text.Json;
using System.Text.Json.Serialization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Report;

/// <summary>
/// The report as one JSON document, for programs. Its names are those of the facts in snake_case. They do not change; new ones may
/// be added with the same <see cref="Format"/>. Times are <c>t_ns</c>, shares 0 to 1, unknown is null. Characters that are not ASCII are escaped, and
/// invisible ones of the capture read <c>\xNN</c> or <c>\u{N}</c>.
/// </summary>
/// <param name="Format">1.</param>
/// <param name="Version">This program's.</param>
/// <param name="Verdict">The answer in words.</param>
/// <param name="Findings">The most important first.</param>
/// <param name="Sections">Those of the report: why one is empty, and its tables that are not among the facts.</param>
/// <param name="Facts">All numbers.</param>
/// <param name="Files">What was written beside it.</param>
internal sealed record JsonReport(int Format, string Version, Verdict Verdict, IReadOnlyList<JsonFinding> Findings, IReadOnlyList<JsonSection> Sections, CaptureFacts Facts, IReadOnlyList<string> Files)
{
    public static void Write(ReportModel model, IReadOnlyList<string> files, TextWriter output) => output.WriteLine(JsonText.Readable(JsonSerializer.Serialize(
        new JsonReport(1, model.Version, Plain(model.Verdict), [.. model.Findings.Select(JsonFinding.Of)], JsonSection.Of(ReportSections.Of(model)), model.Facts, files), JsonReportContext.Default.JsonReport)));

    private static Verdict Plain(Verdict verdict) => verdict with
    {
        Headline = Prose.Plain(verdict.Headline),
        Counted = verdict.Counted is null ? null : Prose.Plain(verdict.Counted),
        Cause = verdict.Cause is null ? null : Prose.Plain(verdict.Cause),
        Way = verdict.Way is null ? null : Prose.Plain(verdict.Way),
        Note = verdict.Note is null ? null : Prose.Plain(verdict.Note),
        Completeness = verdict.Completeness with { Evidence = [.. verdict.Completeness.Evidence.Select(Prose.Plain)] },
    };
}

/// <summary>Serialisation without reflection, by generated code alone: for one document, to build descriptions of all properties takes longer than to write it.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n", GenerationMode = JsonSourceGenerationMode.Serialization)]
[JsonSerializable(typeof(JsonReport))]
internal sealed partial class JsonReportContext : JsonSerializerContext;

/// <summary>A section of the report.</summary>
/// <param name="Id">As the page's links have it.</param>
/// <param name="Title">Its heading.</param>
/// <param name="WhyNot">Why nothing is known of what the title names, as a clause: <c>no drop was captured</c>. Null where something is.</param>
/// <param name="Tables">Its tables whose numbers are not among the facts.</param>
internal sealed record JsonSection(string Id, string Title, string? WhyNot, IReadOnlyList<JsonTable> Tables)
{
    public static IReadOnlyList<JsonSection> Of(IReadOnlyList<Section> sections) => [.. sections.Select(section => new JsonSection(
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
