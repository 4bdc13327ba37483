using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>The page of a comparison in a real browser, from its file.</summary>
public sealed class DiffPageTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [InlineData("packets.db", "drivers.db", ColorScheme.Light, 1280)]
    [InlineData("example.db", "packets.db", ColorScheme.Dark, 1280)]
    [InlineData("packets.db", "e1000.db", ColorScheme.Light, 390)]
    public async Task It_asks_for_nothing_complains_of_nothing_fits_the_screen_and_violates_no_rule(string a, string b, ColorScheme scheme, int width)
    {
        string axe = Requires.Axe(), page = _browser.Scratch.File("diff.html");
        Comparison.Run(Repository.At("fixtures", "captures", a), Repository.At("fixtures", "captures", b), TextWriter.Null, json: true, page, failAbovePercent: 10);
        IPage shown = await _browser.OpenFile(page, scheme: scheme, width: width);
        Assert.Equal([shown.Url], _browser.Requests);
        Assert.Empty(_browser.Errors);
        Assert.Equal(width, await shown.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(scheme == ColorScheme.Light ? "rgb(255, 255, 255)" : "rgb(20, 23, 26)", await shown.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        await Assertions.Expect(shown.Locator("h1")).ToContainTextAsync("rops");
        await Assertions.Expect(shown.Locator("section")).ToHaveCountAsync(9);
        await shown.EvaluateAsync(axe);
        Assert.Empty(await shown.EvaluateAsync<string[]>("async () => (await axe.run()).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`))"));
    }

    [Fact]
    public async Task The_bars_and_the_cells_have_the_numbers_of_the_JSON_document()
    {
        string page = _browser.Scratch.File("diff.html"), a = Repository.At("fixtures", "captures", "packets.db"), b = Repository.At("fixtures", "captures", "drivers.db");
        Comparison both = Comparison.Of(a, b);
        Comparison.Run(a, b, TextWriter.Null, json: true, page);
        IPage shown = await _browser.OpenFile(page);
        string[] cells = [.. await shown.Locator("#reasons tbody td.number .sub").AllTextContentsAsync()];
        Assert.Equal(
            both.Rows("reasons").SelectMany(r => (string[])["a", "b"], (r, side) => r.GetProperty(side).GetProperty("drops").GetInt64()),
            cells.Select(c => long.Parse(c.Split(' ')[0].Replace(",", ""))));
        Assert.Equal(both.Rows("reasons").Select(r => Comparison.InBursts(r) ? "in bursts" : Comparison.Change(r)!.Replace("same", "within noise").Replace('_', ' ')), await shown.Locator("#reasons tbody td.change").AllTextContentsAsync());

        // Below their heads: of a row that is shown, every cell is.
        Assert.True(await shown.EvaluateAsync<bool>("[...document.querySelectorAll('tbody tr')].filter(r => r.offsetHeight > 0).every(r => [...r.cells].every(c => c.offsetWidth > 0))"));

        // The longest bar is the largest rate, and all are to its scale.
        double[] widths = await shown.Locator(".pair rect[data-where=B]").EvaluateAllAsync<double[]>("bars => bars.map(b => +b.getAttribute('width'))");
        double[] rates = [both.Total.GetProperty("b").GetProperty("per_second_least").GetDouble(), .. both.Rows("reasons").Take(8).Select(r => r.GetProperty("b").GetProperty("per_second_least").GetDouble())];
        Assert.Equal(rates.Length, widths.Length);
        for (int i = 1; i < rates.Length; i++) Assert.Equal(widths[0] * rates[i] / rates[0], widths[i], 0.01);
    }
}
