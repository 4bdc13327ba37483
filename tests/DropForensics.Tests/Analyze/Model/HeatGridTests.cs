using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Model;

/// <summary>Of more kinds of drops than a page tells apart, none is given to a driver or a function that it is not of.</summary>
public sealed class HeatGridTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    public void Every_driver_has_its_own_drops_and_what_is_not_told_apart_a_row_of_its_own(int drivers)
    {
        FullCapture.Write(Path, perBin: 1, drivers);
        ReportModel model = MadeCapture.Read(Path);
        Dictionary<string, long> expected = Drops("driver");
        Assert.Equal(drivers, expected.Count);
        Assert.True(model.Facts.Binned.Cells.Count > 2 * PageLimits.Ample.Parts);
        Assert.Equal(expected.OrderBy(d => d.Key), RowsOf(model.Exploration.Heat).OrderBy(d => d.Key));

        // With less room there may be a rest, and that is said to be one.
        foreach (HeatGrid heat in PageLimits.All.Select(limits => (model with { Limits = limits }).Exploration.Heat))
        {
            Dictionary<string, long> rows = RowsOf(heat);
            Assert.Equal(model.Facts.Drops, rows.Values.Sum());
            Assert.All(expected, driver => Assert.InRange(rows[driver.Key], 1, driver.Value));
            Assert.Equal(model.Facts.Drops - expected.Sum(driver => rows[driver.Key]), rows.GetValueOrDefault("not told apart"));
        }

        Assert.Contains("not told apart", (model with { Limits = PageLimits.All[^1] }).Exploration.Heat.Rows);
    }

    [Fact]
    public void Every_function_has_its_own_drops_where_no_drop_has_a_reason()
    {
        FullCapture.Write(Path, perBin: 1, drivers: 3);
        MadeCapture.Change(Path, "UPDATE drop_event SET reason_id = NULL; DELETE FROM reason");
        ReportModel model = MadeCapture.Read(Path);
        Assert.True(model.IsByFunction && model.Facts.Binned.Cells.Count > 2 * PageLimits.Ample.Parts);
        HeatGrid heat = model.Exploration.Heat;
        Assert.Equal(Drops("driver").OrderBy(d => d.Key), RowsOf(heat).OrderBy(d => d.Key));
        Dictionary<string, long> functions = Drops("function");
        foreach ((int column, string name) in heat.Columns.Index().SkipLast(1)) Assert.Equal(functions[name], heat.Counts.Sum(row => row[column]));
        Assert.EndsWith("others, or not told apart", heat.Columns[^1]);
    }

    private static Dictionary<string, long> RowsOf(HeatGrid heat) => heat.Rows.Index().ToDictionary(row => row.Item, row => heat.Counts[row.Index].Sum());

    private Dictionary<string, long> Drops(string by) =>
        Db.Texts(Path, $"SELECT {by}, count(*) FROM drops GROUP BY 1").ToDictionary(r => r[0] ?? "unknown", r => long.Parse(r[1]!)); // a count is never NULL
}
