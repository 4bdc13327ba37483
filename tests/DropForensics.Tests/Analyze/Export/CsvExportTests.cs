using System.Text.RegularExpressions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Export;

public sealed partial class CsvExportTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("tcp_v4_rcv+0x7d/0xf20", "tcp_v4_rcv+0x7d/0xf20")]
    [InlineData("", "\"\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a;=b", "\"a;=b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("=cmd|' /C x'!A0", "\"'=cmd|' /C x'!A0\"")]
    [InlineData("=\"a\",1", "\"'=\"\"a\"\",1\"")]
    [InlineData("\t=1", @"\x09=1")]
    [InlineData("\r=1", @"\x0d=1")]
    [InlineData("\n=1", @"\x0a=1")]
    [InlineData("＝1", "'＝1")]
    [InlineData("a=1", "a=1")]
    public void A_cell_is_no_formula_and_ends_where_it_should(string text, string cell) => Assert.Equal(cell, CsvCell.Of(text));

    [Fact]
    public void The_sqlite3_shell_reads_the_very_rows_of_the_view()
    {
        string shell = Requires.Program("sqlite3", "sqlite3");
        string capture = Repository.At("fixtures", "captures", "packets.db");
        File.WriteAllText(_scratch.File("drops.csv"), Exported.Text(capture, ExportFormat.Csv));
        Finished read = Shell.Run(shell, ":memory:", ".mode json", $".import --csv {_scratch.File("drops.csv")} drops", "select * from drops");
        Assert.True(read is { ExitCode: 0, Errors: "" }, read.ToString());
        List<string?[]> rows = Db.Texts(capture, "select * from drops order by t_ns, cpu, raw_line");
        var found = System.Text.Json.JsonDocument.Parse(read.Output).RootElement.EnumerateArray().ToList();
        Assert.Equal(rows.Count, found.Count);
        Assert.Equal(Columns(capture), found[0].EnumerateObject().Select(cell => cell.Name));
        Assert.All(rows.Zip(found), pair => Assert.Equal(pair.First.Select(value => value ?? ""), pair.Second.EnumerateObject().Select(cell => cell.Value.ToString())));
    }

    [Fact]
    public void A_task_that_calls_itself_a_formula_is_text_and_numbers_stay_numbers()
    {
        Write(Path, Whole, [(0, Event(99.5, task: "=HYPERLINK(\"x\"-7") + Event(101, task: "-1,\"-7"))]);
        string csv = Exported.Text(Path, ExportFormat.Csv);
        string[] lines = csv.Split("\r\n");
        Assert.Equal(4, lines.Length);
        Assert.Equal("", lines[3]);
        Assert.DoesNotContain('\n', csv.Replace("\r\n", "", StringComparison.Ordinal));
        string[] first = Cells(lines[1]), second = Cells(lines[2]);
        string[] columns = lines[0].Split(',');
        Assert.Equal(columns, Columns(Path));
        Assert.Equal("-500000000", first[Array.IndexOf(columns, "t_ns")]); // before the window opened, and no formula
        Assert.Equal("\"'=HYPERLINK(\"\"x\"\"\"", first[Array.IndexOf(columns, "comm")]);
        Assert.Equal("\"'-1,\"\"\"", second[Array.IndexOf(columns, "comm")]);
        Assert.Equal("", first[Array.IndexOf(columns, "interface")]); // unknown
        Assert.Equal(columns.Length, first.Length);
    }

    private static string[] Cells(string line) => [.. Cell().Matches(line).Select(match => match.Groups[1].Value)];

    private static List<string> Columns(string capture) => Db.Rows<string>(capture, "select name from pragma_table_info('drops')");

    [GeneratedRegex("(?:^|,)((?:[^\",]|\"(?:[^\"]|\"\")*\")*)")]
    private static partial Regex Cell();
}
