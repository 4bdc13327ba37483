using System.Globalization;
using System.Text;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Report;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.Report;

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

        await File.WriteAllTextAsync(file, html, TestContext.Current.CancellationToken);
        IPage page = await _browser.OpenFile(file, width: 390);
        output.WriteLine($"{Encoding.UTF8.GetByteCount(html):N0} bytes, first contentful paint {await FirstPaint(page):0} ms");
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "End of the span" }).PressAsync("PageDown");
        string where = await page.Locator(".selection code").TextContentAsync() ?? "";
        await Assertions.Expect(page.Locator(".selection")).ToContainTextAsync(
            Db.Scalar<long>(capture, $"SELECT count(*) FROM drops {where}").ToString("N0", CultureInfo.InvariantCulture));
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
        Assert.All(facts.Binned.Flows.Concat(facts.Binned.Services).Concat(facts.Binned.Processes).Concat(facts.Binned.Cpus), row => Assert.DoesNotContain(0, row!)); // none is so rare that its times are forgotten
        Assert.All(model.Exploration.Cells, cell => Assert.DoesNotContain(0, cell.Drops));
        Assert.InRange(facts.Reasons.Count, 100, int.MaxValue);
    }

    private static Task<double> FirstPaint(IPage page) => page.EvaluateAsync<double>(
        "new Promise(done => new PerformanceObserver(paints => paints.getEntriesByName('first-contentful-paint').forEach(p => done(p.startTime))).observe({ type: 'paint', buffered: true }))");
}
