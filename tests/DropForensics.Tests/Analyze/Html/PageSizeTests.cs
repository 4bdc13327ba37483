using System.Globalization;
using System.Text;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>A page weighs what it lists, and what it lists has an end: of the worst capture it is as light as it promises.</summary>
public sealed class PageSizeTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Fact]
    public async Task With_every_list_at_its_end_and_in_every_bin_the_page_weighs_at_most_1_5_MB_and_works()
    {
        string capture = _browser.Scratch.File("full.db"), file = _browser.Scratch.File("report.html");
        FullCapture.Write(capture, perBin: 1);
        ReportModel model = MadeCapture.Read(capture);
        AssertFull(model);
        string html = await HtmlReport.RenderAsync(model);
        Assert.InRange(Encoding.UTF8.GetByteCount(html), 1, PageLimits.MostBytes);
        PageLimits taken = await Taken(model, html);
        Assert.NotEqual(PageLimits.Ample, taken); // what is not cut would show little of the cut

        await File.WriteAllTextAsync(file, html, TestContext.Current.CancellationToken);
        IPage page = await _browser.OpenFile(file, width: 390);
        output.WriteLine($"{Encoding.UTF8.GetByteCount(html):N0} bytes in {taken.Rows} rows, first contentful paint {await FirstPaint(page):0} ms");
        await Assertions.Expect(page.Locator("table[data-rows=flows] caption .limit")).ToHaveTextAsync("These rows cannot be selected: this capture has too many kinds of drops.");
        await AssertTotals(page, capture, taken);
        await AssertNumbers(page, capture, "");
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "End of the span" }).PressAsync("PageDown");
        string where = await page.Locator(".selection code").TextContentAsync() ?? "";
        await Assertions.Expect(page.Locator(".selection")).ToContainTextAsync(Text(Db.Scalar<long>(capture, $"SELECT count(*) FROM drops {where}")));
        await AssertNumbers(page, capture, where);

        IReadOnlyList<BinnedCell> cells = (model with { Limits = taken }).Exploration.Cells;
        long Told(Func<BinnedPlace, bool> how) => cells.Where(cell => how(cell.Place)).Sum(cell => cell.Drops[..(FullCapture.Bins - 10)].Sum(n => (long)n));
        await Assertions.Expect(page.Locator(".selection small")).ToHaveTextAsync(
            $"Of the rarest kinds {Text(Told(place => place[Dimension.Stacks.Column] == Exploration.LeftOut))} drops are told without the stack, "
            + $"{Text(Told(place => place[Dimension.Entries.Column] < 0))} of these by reason and driver at most: a row, or a stack, may be low by as many.");
        Assert.Empty(_browser.Errors);
        Assert.Single(_browser.Requests);
    }

    /// <summary>That there is more of everything than is listed, or as much; else this would show little.</summary>
    private static void AssertFull(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        Assert.Equal(FullCapture.Bins, facts.Timeline.Series[0].Drops.Count);
        Assert.Equal(facts.Drops, model.Exploration.Cells.Sum(cell => cell.Drops.Sum(n => (long)n)));
        foreach (int rows in (int[])[facts.Sites.Count, facts.Interfaces.Count, facts.Namespaces.Count, facts.Flows.Count, facts.Services.Count, facts.Processes.Count,
            facts.Stacks.Count, facts.Cpus.Count, facts.Ledger.Cpus.Count, facts.Timeline.Holes.Count, facts.KernelCounts.Count, facts.Counters.Count])
            Assert.InRange(rows, FactLimits.TableRows, int.MaxValue);
        Assert.All(new Dimension[] { Dimension.Flows, Dimension.Services, Dimension.Processes, Dimension.Cpus }.SelectMany(d => d.Bins(facts)), row => Assert.DoesNotContain(0, row!)); // none is so rare that its times are forgotten
        Assert.All(model.Exploration.Cells, cell => Assert.DoesNotContain(0, cell.Drops));
        Assert.InRange(facts.Reasons.Count, 100, int.MaxValue);
    }

    /// <summary>The first limits under which the page is light enough; the page is that one.</summary>
    private static async Task<PageLimits> Taken(ReportModel model, string html)
    {
        foreach (PageLimits limits in PageLimits.All)
        {
            string page = await HtmlReport.RenderAsync(model, limits);
            if (Encoding.UTF8.GetByteCount(page) > PageLimits.MostBytes) continue;
            Assert.Equal(page, html);
            return limits;
        }

        throw new InvalidOperationException("no page is light enough");
    }

    /// <summary>Of a list that is cut, what it shows and what it says is not shown are all there are.</summary>
    private static async Task AssertTotals(IPage page, string capture, PageLimits taken)
    {
        foreach ((string list, string columns) in ((string, string)[])
            [
                ("sites", "function, module, reason, subsystem"), ("interfaces", "interface, ifindex, netns"), ("namespaces", "netns"), ("flows", "src, sport, dst, dport"),
                ("services", "ip_protocol, dport"), ("processes", "pid"), ("cpus", "cpu"),
            ])
        {
            int[] shown = await page.EvaluateAsync<int[]>($$"""
                (() => {
                  const table = document.querySelector("table[data-rows={{list}}]");
                  return [table.querySelectorAll("tbody tr").length, ...[...table.closest(".rows").querySelectorAll("p")].map(p => Number(/^and ([0-9,]+) more; /.exec(p.textContent)?.[1].replaceAll(",", "") ?? 0))];
                })()
                """);
            Assert.Equal(taken.Rows, shown[0]);
            Assert.Equal((list, Db.Scalar<long>(capture, $"SELECT count(*) FROM (SELECT DISTINCT {columns} FROM drops)")), (list, shown.Sum()));
        }
    }

    /// <summary>What the page shows of a span in the heat map, and in lists that no limit makes less exact, is what SQL says.</summary>
    private static async Task AssertNumbers(IPage page, string capture, string where)
    {
        Dictionary<string, long> drivers = Grouped("driver"), heat = await Rows(".heat tbody tr", "[...row.cells].slice(1)");
        Assert.Equal(drivers.Values.Sum(), heat.Values.Sum());
        string[] named = [.. heat.Keys.Where(drivers.ContainsKey)];
        Assert.Equal(heat.Count - 1, named.Length); // and the others
        Assert.All(named, driver => Assert.Equal(drivers[driver], heat[driver]));
        foreach ((string list, string by) in ((string, string)[])[("reasons", "reason"), ("cpus", "'CPU ' || cpu"), ("processes", "comm")])
        {
            Dictionary<string, long> expected = Grouped(by), rows = await Rows($"table[data-rows={list}] tbody tr", "[row.querySelector('td.number')]");
            Assert.NotEmpty(rows);
            Assert.All(rows, row => Assert.Equal(expected[row.Key], row.Value));
        }

        Dictionary<string, long> Grouped(string by) => Db.Texts(capture, $"SELECT {by}, count(*) FROM drops {where} GROUP BY 1").ToDictionary(r => r[0]!, r => Number(r[1]!)); // each drop has one

        async Task<Dictionary<string, long>> Rows(string selector, string cells) => (await page.EvaluateAsync<string[][]>(
            $"[...document.querySelectorAll('{selector}')].map(row => [row.querySelector('th').textContent.trim(), ...{cells}.map(cell => cell.textContent.trim())])"))
            .ToDictionary(row => row[0], row => row[1..].Where(count => count != "").Sum(Number));
    }

    private static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static Task<double> FirstPaint(IPage page) => page.EvaluateAsync<double>(
        "new Promise(done => new PerformanceObserver(paints => paints.getEntriesByName('first-contentful-paint').forEach(p => done(p.startTime))).observe({ type: 'paint', buffered: true }))");
}
