using System.Globalization;
using DropForensics.Analyze.Display;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>What a page shows of a selection, beside SQL.</summary>
internal static class SelectedNumbers
{
    // Of each row that is shown: its number, and the texts that tell it from others.
    private const string VisibleRows = """
        ({ list, parts }) => [...document.querySelectorAll(`table[data-rows=${list}] tbody tr:not([hidden])`)].map(row =>
          [row.querySelector("td.number"), ...parts.map(part => row.querySelector(part))].map(element => element.textContent.trim()))
        """;

    // Of each cell that is not empty: driver and reason, and its number.
    private const string HeatCells = """
        () => [...document.querySelectorAll(".heat tbody tr")].flatMap(row => [...row.cells].slice(1).map((cell, i) =>
          [`${row.cells[0].textContent}|${cell.closest("table").tHead.rows[0].cells[i + 1].textContent}`, cell.textContent])).filter(([, count]) => count !== "")
        """;

    /// <summary>That tables, heat map, flame graph and stacks show the numbers of the drops that meet a condition.</summary>
    public static async Task AssertNumbers(IPage page, string capture, string where, bool ofFinding = false)
    {
        await Assert_("sites", "ifnull(function, 'unknown') || '|' || ifnull(reason, 'not given')", "th > code:first-child, th > .muted:first-child, th > a:first-child", ".wide .reason");
        await Assert_("reasons", "ifnull(reason, 'not given')", ".reason");
        if (!ofFinding)
        {
            await Assert_("cpus", "'CPU ' || cpu", "th");
            await Assert_("processes", "pid", "td:last-child");
        }

        if (await page.Locator("table[data-rows=interfaces]").CountAsync() > 0)
        {
            await Assert_("interfaces", "ifnull(interface || netns, 'unknown')", "th > code, th > .muted", "td:last-child");
            await Assert_("namespaces", "ifnull(netns, 'unknown')", "th > code, th > .muted");
        }

        string[][] cells = await page.EvaluateAsync<string[][]>(HeatCells);
        Assert.Equal(Grouped(capture, "1", where).Values.Sum(), cells.Sum(cell => Number(cell[1])));
        Dictionary<string, long> byDriver = Grouped(capture, "driver || '|' || reason", where);
        Assert.All(cells.Where(cell => byDriver.ContainsKey(cell[0])), cell => Assert.Equal(byDriver[cell[0]], Number(cell[1])));
        Assert.True(ofFinding || cells.Any(cell => byDriver.ContainsKey(cell[0])));
        Assert.Equal(
            Grouped(capture, "stack_id", where).Where(s => s.Key != "").OrderBy(s => s.Key),
            (await page.EvaluateAsync<string[][]>("[...document.querySelectorAll('#stacks details:not([hidden])')].map(d => [d.querySelector('.small').textContent.replace('stack ', ''), d.querySelector('.number').textContent])"))
                .ToDictionary(s => s[0], s => Number(s[1])).OrderBy(s => s.Key));
        Assert.Equal(
            Grouped(capture, "ifnull(function, 'unknown') || '|' || ifnull(reason, 'not given')", where).Values.Order(),
            (await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.frames-graph .site')].map(b => b.dataset.drops)")).Select(Number).Order());

        async Task Assert_(string list, string by, params string[] parts)
        {
            Dictionary<string, long> expected = Grouped(capture, by, where);
            Dictionary<string, long> shown = [];
            foreach (string[] row in await page.EvaluateAsync<string[][]>(VisibleRows, new { list, parts }))
            {
                string key = string.Join(list == "sites" ? "|" : "", row[1..]);
                shown[key] = shown.GetValueOrDefault(key) + Number(row[0]);
            }

            Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), shown.OrderBy(s => s.Key, StringComparer.Ordinal));
        }
    }

    /// <summary>That each row with a condition has the drops that meet it, and their share, and each table says of how many.</summary>
    public static async Task AssertEveryRow(IPage page, string capture, string where)
    {
        long all = Db.Scalar<long>(capture, $"SELECT count(*) FROM drops {where}");
        string[][] rows = await page.EvaluateAsync<string[][]>("""
            [...document.querySelectorAll("table[data-rows] tbody tr[data-where]")].map(row => [
              row.closest("table").dataset.rows, row.dataset.where, row.classList.contains("nothing") ? "0" : row.querySelector("td.number").textContent,
              row.querySelector("td.share").firstChild.data.trim(), row.closest("table").caption.textContent])
            """);
        string?[] counts = Db.Texts(capture, $"SELECT {string.Join(", ", rows.Select(row => $"ifnull(sum({row[1]}), 0)"))} FROM drops {where}").Single();
        Assert.All(rows.Zip(counts, (row, count) => (List: row[0], Where: row[1], Shown: row[2], Share: row[3], Caption: row[4], Count: Number(count!))), row => // a sum is never NULL here
        {
            if (row.Caption.Contains("These rows cannot be selected", StringComparison.Ordinal)) return;
            Assert.Contains($"shares of the selected {all:#,0} drop", row.Caption, StringComparison.Ordinal);
            if (row.Shown == "not kept") return;
            Assert.Equal((row.List, row.Where, row.Count), (row.List, row.Where, Number(row.Shown)));
            if (row.Count > 0) Assert.Equal(Units.Percent(row.Count, all), row.Share);
        });
    }

    public static Dictionary<string, long> Grouped(string capture, string by, string where) =>
        Db.Texts(capture, $"SELECT {by}, count(*) FROM drops {where} GROUP BY 1").ToDictionary(r => r[0] ?? "", r => Number(r[1]!)); // a count is never NULL

    private static long Number(string text) => long.Parse(text.Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
