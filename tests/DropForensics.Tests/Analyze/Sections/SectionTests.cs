using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Sections;
using DropForensics.Analyze.Terminal;
using DropForensics.Tests.TestKit;
using Spectre.Console;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Sections;

/// <summary>What a section is made of is what page, terminal and JSON show of it.</summary>
public sealed partial class SectionTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public static TheoryData<string> Captures => ["packets.db", "drivers.db", "example.db", "e1000.db", "scenarios/mixed-scan.db"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task The_page_has_each_section_and_in_its_tables_each_row(string name)
    {
        ReportModel model = Read(Repository.At("fixtures", "captures", name));
        string page = await HtmlReport.RenderAsync(model, model.Limits);
        IReadOnlyList<Section> all = ReportSections.Of(model);
        Assert.All(ReportSections.NotShown(all), section => Assert.Contains($"<span id=\"{section.Id}\">", page, StringComparison.Ordinal));
        foreach (Section section in all.Except(ReportSections.NotShown(all)))
        {
            string html = Between(page, $"<section id=\"{section.Id}\"", "</section>");
            Assert.Contains($">{section.Title}</h2>", html, StringComparison.Ordinal);
            Assert.Equal(section.WhyNot is not null, html.Contains("Not shown: ", StringComparison.Ordinal));
            MatchCollection tables = TableElement().Matches(html);
            Assert.Equal(section.Tables.Count(), tables.Count);
            foreach ((ReportTable table, string element) in section.Tables.Zip(tables.Select(match => match.Value)))
            {
                Assert.Contains(table.Caption, Plain(element), StringComparison.Ordinal);
                List<string[]> rows = [.. RowElement().Matches(element[element.IndexOf("<tbody", StringComparison.Ordinal)..]).Select(row => CellElement().Matches(row.Value).Select(cell => Plain(cell.Value)).ToArray())];
                Assert.Equal(table.Rows.Count, rows.Count);
                int[] columns = [.. Enumerable.Range(0, table.Columns.Count).Where(i => table.Columns[i].Use != ColumnUse.Terminal)];
                Assert.All(table.Rows.Zip(rows), pair => Assert.All(columns.Index(), column =>
                {
                    Cell cell = pair.First.Cells[column.Item];
                    string shown = pair.Second[column.Index];
                    if (table.IsHeat && cell is CountCell { Count: 0 }) Assert.Equal("", shown);
                    else if (cell is ListCell list) Assert.All(list.Cells, part => Assert.Contains(part.Text, shown, StringComparison.Ordinal));
                    else Assert.StartsWith(Words(cell.Text), shown, StringComparison.Ordinal);
                    Assert.All(cell.Notes, note => Assert.Contains(Words(note.Replace("`", "", StringComparison.Ordinal)), shown, StringComparison.Ordinal));
                }));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void The_terminal_has_the_first_rows_of_its_tables_and_the_drops_of_the_others(string name)
    {
        const int Rows = 3;
        ReportModel model = Read(Repository.At("fixtures", "captures", name));
        using var output = new StringWriter();
        TerminalReport.Write(model, Rows, output, plain: true, width: 400);
        string[] lines = output.ToString().Split('\n');
        IReadOnlyList<Section> sections = ReportSections.Of(model);
        ReportTable[] tables = [.. sections.SelectMany(section => section.Tables).Where(table => table.IsOnTerminal)];
        Assert.NotEmpty(tables);
        int from = 0;
        foreach (ReportTable table in tables)
        {
            from = Array.FindIndex(lines, from, line => line.Contains($" {model.Subject.Head} ", StringComparison.Ordinal) && line.Contains(table.Columns[0].Head, StringComparison.Ordinal)) + 2;
            Assert.True(from > 2, table.Caption);
            foreach ((int i, Row row) in table.Rows.Take(Rows).Index())
            {
                IEnumerable<string> texts = row.Cells.Zip(table.Columns).Where(cell => cell.Second.Use != ColumnUse.Page).Select(cell => cell.First.Text);
                Assert.All(texts, text => Assert.Contains(text, lines[from + i], StringComparison.Ordinal));
            }

            int count = table.Columns.Index().First(column => column.Item.Kind == ColumnKind.Count).Index;
            long listed = table.Rows.Sum(row => (long)row.Cells[count].Value!); // each has a count
            Assert.Equal(Total(model, table), listed + table.DropsNotListed);
            if (table.Total > Rows) Assert.Contains($"and {table.Total - Rows:#,0} more", lines[from + Rows], StringComparison.Ordinal);
        }

        string all = Words(string.Join(' ', lines));
        Assert.All(sections.Where(section => section.WhyNot is not null), section => Assert.Contains($"{section.Short.ToLowerInvariant()} ({section.WhyNot})", all, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void The_json_document_has_the_numbers_of_every_table(string name)
    {
        ReportModel model = Read(Repository.At("fixtures", "captures", name));
        using var output = new StringWriter();
        JsonReport.Write(model, [], output);
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        JsonElement facts = document.RootElement.GetProperty("facts"), sections = document.RootElement.GetProperty("sections");
        foreach ((Section section, JsonElement written) in ReportSections.Of(model).Zip(sections.EnumerateArray()))
        {
            Assert.Equal((section.Id, section.Title, section.WhyNot), (written.GetProperty("id").GetString(), written.GetProperty("title").GetString(), written.GetProperty("why_not").GetString()));
            Assert.Equal(section.Tables.Count(table => !table.IsInFacts), written.GetProperty("tables").GetArrayLength());
            foreach ((ReportTable table, JsonElement rows) in section.Tables.Where(table => !table.IsInFacts).Zip(written.GetProperty("tables").EnumerateArray()))
            {
                Assert.Equal(
                    table.Rows.Select(row => string.Join('|', row.Cells.Select(cell => cell is CountCell count ? $"{count.Count}" : cell.Text))),
                    rows.GetProperty("rows").EnumerateArray().Select(row => string.Join('|', row.EnumerateArray().Select(cell => cell.ToString()))));
            }

            // What the page tells apart by a dimension, the facts list under its name.
            foreach (ReportTable table in section.Tables.Where(table => table.Dimension is not null))
            {
                JsonElement list = facts.TryGetProperty(table.Dimension!.Id, out JsonElement own) ? own : facts.GetProperty("by").GetProperty(table.Dimension.Id);
                int count = table.Columns.Index().First(column => column.Item.Kind == ColumnKind.Count).Index;
                long[] listed = [.. list.EnumerateArray().Select(row => row.GetProperty("drops").GetInt64())];
                Assert.Equal(table.Rows.Select(row => (long)row.Cells[count].Value!), table.Rows.Select((row, i) => (row.Members ?? [i]).Sum(member => listed[member]))); // each has a count
            }
        }
    }

    [Fact]
    public void A_driver_that_several_rules_found_is_one_row_with_the_rules_beside_it()
    {
        ReportModel model = Read(Repository.At("fixtures", "captures", "drivers.db"));
        ReportTable table = ReportSections.Of(model).Single(section => section.Id == "drivers").Tables.Single(t => t.Dimension?.Id == "drivers");
        string[] names = [.. table.Rows.Select(row => row.Cells[0].Text).Where(name => name != "unknown")];
        Assert.Equal(names, names.Distinct());
        Assert.Equal(model.Facts.Drops, table.Rows.Sum(row => ((CountCell)row.Cells[1]).Count));
        Assert.Equal(Enumerable.Range(0, model.Facts.Drivers.Count), table.Rows.SelectMany(row => row.Members ?? []).Order());
        Row e1000 = table.Rows.Single(row => row.Cells[0].Text == "e1000");
        Assert.Equal(("182", "driver is 'e1000'"), (e1000.Cells[1].Text, e1000.Where));
        Assert.Equal(["127 named by the kernel", "55 by the interface"], e1000.Cells[0].NotesOfWhole);
        Assert.Equal("127 named by the kernel, 55 by the interface", e1000.Cells[3].Text);
    }

    [Fact]
    public void A_capture_of_nothing_says_why_of_each_section_and_a_terminal_once()
    {
        Write(_scratch.File("nothing.db"), Whole, []);
        ReportModel model = Read(_scratch.File("nothing.db"));
        string[] without = [.. ReportSections.Of(model).Where(section => section.WhyNot == "no drop was captured").Select(section => section.Id)];
        Assert.Equal(["timeline", "findings", "reasons", "sites", "drivers", "interfaces", "owners", "flows", "cpus", "raw", "glossary"], without);
        using var output = new StringWriter();
        TerminalReport.Write(model, 10, output, plain: true);
        Assert.DoesNotContain("Not shown", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_table_that_is_made_of_anything_is_written_on_a_terminal_and_in_json()
    {
        var table = new ReportTable(
            "Events by owner.",
            [new("Owner"), new("Events", ColumnKind.Count), new("Share", ColumnKind.Share), new("First", ColumnKind.Time) { Use = ColumnUse.Page }, new("PID", ColumnKind.Number), new("Reason")],
            [
                new Row(new NameCell("nginx"), new CountCell(1204), new ShareCell(0.97), new TimeCell(3_496_020_000, "3.496020 s"), new NumberCell(12), new ReasonCell("NO_SOCKET")),
                new Row(new NameCell(null), new CountCell(null), new ShareCell(0), new TimeCell(0, "0.000000 s"), new NumberCell(null), new ReasonCell(null)),
            ])
        { IsOnTerminal = true, IsInFacts = false, Total = 7, DropsNotListed = 31 };

        using var output = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = 100;
        TerminalTable.Write(table, 1240, 10, console);
        string[] lines = [.. output.ToString().Split('\n').Select(line => string.Join('|', line.Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)))];
        Assert.Equal(["Events|Share|Owner|PID · Reason", "1,204|97.0 %|nginx|12 · NO_SOCKET", "unknown|0 %|unknown|not given", "31|2.5 %|and 5 more"], lines.Where(line => line.Contains('|')));

        string json = JsonSerializer.Serialize(JsonTable.Of(table), JsonReportContext.Default.JsonTable);
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal("""["Owner","Events","Share","First","PID","Reason"]""", JsonSerializer.Serialize(document.RootElement.GetProperty("columns")));
        Assert.Equal(
            ["""["nginx",1204,0.97,3496020000,12,"NO_SOCKET"]""", """[null,null,0,0,null,null]"""],
            document.RootElement.GetProperty("rows").EnumerateArray().Select(row => JsonSerializer.Serialize(row)));
    }

    [Fact]
    public void Whole_numbers_in_json_are_not_rounded()
    {
        var table = new ReportTable(
            "Any.", [new("Events", ColumnKind.Count), new("First", ColumnKind.Time), new("Number", ColumnKind.Number)],
            [new Row(new CountCell(long.MaxValue), new TimeCell((1L << 53) + 1, ""), new NumberCell(long.MinValue + 1))]);
        Assert.Contains("[9223372036854775807,9007199254740993,-9223372036854775807]", string.Concat(
            JsonSerializer.Serialize(JsonTable.Of(table), JsonReportContext.Default.JsonTable).Where(c => !char.IsWhiteSpace(c))));
    }

    private static long Total(ReportModel model, ReportTable table) =>
        table.Dimension == Dimension.Flows ? model.Facts.WithFlow
        : table.Dimension == Dimension.Processes ? model.Facts.Processes.Sum(process => process.Drops)
        : model.Facts.Drops;

    private static string Between(string text, string from, string to)
    {
        int start = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(start >= 0, from);
        return text[start..text.IndexOf(to, start, StringComparison.Ordinal)];
    }

    private static string Plain(string html) => Words(WebUtility.HtmlDecode(Tag().Replace(html, "")));

    private static string Words(string text) => Blank().Replace(text, " ").Trim();

    [GeneratedRegex("<table.*?</table>", RegexOptions.Singleline)]
    private static partial Regex TableElement();

    [GeneratedRegex("<tr.*?</tr>", RegexOptions.Singleline)]
    private static partial Regex RowElement();

    [GeneratedRegex("<t[hd][ >].*?</t[hd]>", RegexOptions.Singleline)]
    private static partial Regex CellElement();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blank();
}
