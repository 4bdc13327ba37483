using DropForensics.Analyze.Fleet;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.ManyCaptures;

/// <summary>The page of many captures in a real browser, from its file.</summary>
public sealed class FleetPageTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task It_asks_for_nothing_complains_of_nothing_fits_the_screen_and_violates_no_rule(ColorScheme scheme, int width)
    {
        string axe = Requires.Axe();
        IPage page = await Open(scheme, width);
        Assert.Equal([page.Url], _browser.Requests);
        Assert.Empty(_browser.Errors);
        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await page.EvaluateAsync(axe);
        Assert.Empty(await page.EvaluateAsync<string[]>("async () => (await axe.run()).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`))"));
    }

    [Fact]
    public async Task Its_tables_are_sorted_by_a_click_and_filtered_by_a_word()
    {
        IPage page = await Open(ColorScheme.Light, 1280);
        ILocator names = page.Locator("#hosts tbody tr:visible th code");
        await Assertions.Expect(names.First).ToHaveTextAsync("host-0000");
        await page.Locator("#hosts th button").Nth(1).ClickAsync();
        string[] drops = [.. await page.Locator("#hosts tbody tr td:nth-child(2)").AllTextContentsAsync()];
        Assert.Equal(drops.Select(text => long.Parse(text.Replace(",", ""))).OrderDescending(), drops.Select(text => long.Parse(text.Replace(",", ""))));
        await page.GetByLabel("Filter rows").FillAsync("host-0007");
        await Assertions.Expect(page.Locator("#hosts tbody tr:visible")).ToHaveCountAsync(1);
    }

    private async Task<IPage> Open(ColorScheme scheme, int width)
    {
        string file = _browser.Scratch.File("report.html"), folder = Directory.CreateDirectory(_browser.Scratch.File("captures")).FullName;
        PlantedFleet fleet = PlantedFleet.Make(folder, 30, damaged: 2, planted: 1, drops: 300);
        MadeCapture.Change(fleet.Paths[5], "UPDATE capture SET witness_drops = witness_drops + 5");
        FleetModel model = FleetJob.Read(fleet.Paths, null, null, CancellationToken.None);
        model.Reports[model.Captures[0]] = "hosts/a/report.html";
        await File.WriteAllTextAsync(file, await FleetWriters.RenderAsync(model));
        return await _browser.OpenFile(file, scheme: scheme, width: width);
    }
}
