using System.Globalization;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.Dimensions;

/// <summary>Every number of page and pictures is what SQL over the views says.</summary>
public sealed class RowSqlTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public static TheoryData<string> Captures => ["packets.db", "drivers.db", "example.db", "e1000.db"];

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task The_condition_of_a_row_gives_its_number(string name)
    {
        string capture = At(name);
        IPage page = await _browser.Open(capture, script: false);
        string[][] rows = await RowsOf(page, "tr[data-where]", "row => [row.dataset.where, row.querySelector('.share').previousElementSibling.textContent]");
        Assert.True(rows.Length > 5);
        Assert.All(rows, row => Assert.Equal(Number(row[1]), Db.Scalar<long>(capture, $"SELECT count(*) FROM drops WHERE {row[0]}")));
    }

    [Theory]
    [InlineData("packets.db")] // with tunnels
    [InlineData("schema-5.db")] // with a protocol that has no ports
    public async Task Every_flow_of_a_capture_that_lists_all_has_a_condition(string name)
    {
        IPage page = await _browser.Open(At(name), script: false);
        Assert.Equal(0, await page.Locator("table[data-rows=flows] tbody tr:not([data-where])").CountAsync());
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task The_query_of_a_table_gives_its_numbers(string name)
    {
        string capture = At(name);
        IPage page = await _browser.Open(capture, script: false);
        foreach (string list in new[] { "sites", "reasons", "interfaces", "namespaces", "cpus", "protocols" })
        {
            string[][] tables = await RowsOf(page, $"table[data-rows={list}]",
                "table => [table.closest('.rows').querySelector('.query pre').textContent, ...[...table.querySelectorAll('tbody .share')].map(s => s.previousElementSibling.textContent)]");
            foreach (string[] table in tables)
            {
                string sql = string.Join('\n', table[0].Split('\n')[1..^1]);
                Assert.Equal(Db.Texts(capture, sql).Select(row => Number(row[^1]!)).Order(), table[1..].Select(Number).Where(n => n > 0).Order()); // a count is never NULL
            }
        }
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task The_command_of_a_number_prints_raw_lines_of_such_drops(string name)
    {
        string capture = At(name);
        IPage page = await _browser.Open(capture);
        await page.Locator("#sites button.count").First.ClickAsync();
        string[] command = (await page.Locator("#sites .lines pre").TextContentAsync() ?? "").Split('\n');
        Assert.StartsWith("sqlite3 ", command[0], StringComparison.Ordinal);
        Assert.EndsWith("<<'SQL' | sh", command[0], StringComparison.Ordinal);
        Assert.Equal("SQL", command[^1]);
        List<string> commands = Db.Rows<string>(capture, string.Join('\n', command[1..^1]));
        Assert.InRange(commands.Count, 1, 3);
        Assert.All(commands, c => Assert.Matches($@"^analyze raw {name.Replace(".", @"\.")}( --cpu [0-9]+)? \| sed -n [0-9]+p$", c));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Charts_show_the_numbers_of_the_views(string name)
    {
        string capture = At(name);
        ReportModel model = MadeCapture.Read(capture);
        string by = model.IsByFunction ? "ifnull(function, 'unknown')" : "ifnull(reason, 'not given')";
        long all = Db.Scalar<long>(capture, "SELECT count(*) FROM drops");
        HeatData heat = ReportCharts.HeatOf(model);
        List<Datum> cells = [.. heat.Rows.SelectMany((row, r) => heat.Columns.Select((column, c) => new Datum(column, heat.Counts[r][c], row)))];
        List<Datum> frames = Rectangles(FlameChart.Draw(ReportCharts.FlameOf(model), model.Colours, 800));
        Dictionary<string, long> reasons = Db.Texts(capture, $"SELECT {by}, count(*) FROM drops GROUP BY 1").ToDictionary(r => r[0]!, r => Number(r[1]!)); // never NULL

        List<Datum> columns = Rectangles(ReportCharts.Timeline(ReportCharts.TimelineOf(model), model.Colours));
        Assert.Equal(all, columns.Sum(d => d.Value));
        Assert.All(columns.GroupBy(d => d.Series).Where(g => reasons.ContainsKey(g.Key)), g => Assert.Equal(reasons[g.Key], g.Sum(d => d.Value)));
        Assert.All(ReportCharts.ReasonBars(model).Rows.Where(r => reasons.ContainsKey(r.Label)), r => Assert.Equal(reasons[r.Label], r.Count));
        Assert.All(ReportCharts.DriverBars(model).Rows.Where(r => r.Label != "unknown" && !r.Label.Contains(" or ", StringComparison.Ordinal)),
            r => Assert.Equal(Db.Scalar<long>(capture, $"SELECT count(*) FROM drops WHERE driver = '{r.Label}'"), r.Count));
        Assert.Equal(all, cells.Sum(d => d.Value));
        Assert.All(cells.Where(d => reasons.ContainsKey(d.Series) && d.Value > 0 && d.Where != "unknown" && !d.Where.Contains(' ', StringComparison.Ordinal)),
            d => Assert.Equal(Db.Scalar<long>(capture, $"SELECT count(*) FROM drops WHERE driver = '{d.Where}' AND {by} = '{d.Series}'"), d.Value));
        Assert.Equal(all, frames[0].Value);
        Assert.All(frames.Where(d => reasons.ContainsKey(d.Where)), d => Assert.Equal(
            Db.Scalar<long>(capture, $"SELECT count(*) FROM drops WHERE ifnull(function, 'unknown') || ifnull(' [' || module || ']', '') = '{d.Series}' AND {by} = '{d.Where}'"), d.Value));
    }

    private static List<Datum> Rectangles(Drawing drawing) => [.. drawing.Marks.OfType<Mark.Rectangle>().Select(m => m.Datum).OfType<Datum>()];

    private static Task<string[][]> RowsOf(IPage page, string selector, string read) => page.EvaluateAsync<string[][]>($"[...document.querySelectorAll('{selector}')].map({read})");

    private static string At(string name) => Repository.At("fixtures", "captures", name);

    private static long Number(string text) => long.Parse(text.Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
