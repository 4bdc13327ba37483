using System.Globalization;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.Model;

/// <summary>The flame graph in a real browser.</summary>
public sealed class FlameTests : IAsyncLifetime
{
    private static readonly string Capture = Repository.At("fixtures", "captures", "packets.db");

    private readonly PageBrowser _browser = new();

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Fact]
    public async Task Search_highlights_the_frames_that_match_and_says_how_many_drops_went_through_them()
    {
        IPage page = await _browser.Open(Capture);
        await page.GetByLabel("Find frames").FillAsync("ip_local_deliver_finish");
        ILocator matches = page.Locator(".frames-graph .match");
        await Assertions.Expect(matches.First).ToBeVisibleAsync();
        Assert.All(await matches.AllTextContentsAsync(), text => Assert.Contains("ip_local_deliver_finish", text));
        long through = Db.Scalar<long>(Capture, """
            SELECT count(*) FROM drops d WHERE function = 'ip_local_deliver_finish'
                OR EXISTS (SELECT 1 FROM frames f WHERE f.stack_id = d.stack_id AND f.symbol = 'ip_local_deliver_finish' AND f.depth > 0)
            """);
        await Assertions.Expect(page.Locator(".tools [role=status]")).ToContainTextAsync($"{through.ToString("N0", CultureInfo.InvariantCulture)} drops");
        await page.GetByLabel("Find frames").FillAsync("");
        await Assertions.Expect(matches).ToHaveCountAsync(0);
        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task Keys_move_zoom_and_come_back()
    {
        IPage page = await _browser.Open(Capture);
        ILocator graph = page.Locator(".frames-graph"), first = graph.Locator(".site").First;
        await graph.Locator("[tabindex='0']").FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        await Assertions.Expect(first).ToBeFocusedAsync();
        string name = await first.TextContentAsync() ?? "";
        double narrow = (await first.BoundingBoxAsync())!.Width;
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(graph.Locator(".site")).ToHaveCountAsync(1);
        await Assertions.Expect(graph.Locator(".site")).ToHaveTextAsync(name);
        Assert.True((await graph.Locator(".site").BoundingBoxAsync())!.Width > narrow * 1.5);
        await page.Keyboard.PressAsync("Escape");
        Assert.InRange(await graph.Locator(".site").CountAsync(), 2, 100);
    }

    [Fact]
    public async Task Without_script_the_drawing_stands_there()
    {
        IPage page = await _browser.Open(Capture, script: false);
        await Assertions.Expect(page.Locator("figure.flame svg")).ToBeVisibleAsync();
    }
}
