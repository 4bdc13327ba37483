using System.Globalization;
using DropForensics.Analyze.Findings;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;
using static DropForensics.Tests.Analyze.Html.SelectedNumbers;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>What a span of the timeline shows, in a real browser, is what SQL says of those bins.</summary>
public sealed class SelectionTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [InlineData("packets.db")]
    [InlineData("drivers.db")]
    [InlineData("example.db")]
    public async Task Tables_heat_map_flame_graph_and_stacks_show_the_numbers_of_SQL_over_the_selected_bins(string name)
    {
        string capture = Repository.At("fixtures", "captures", name);
        IPage page = await _browser.Open(capture);
        int bins = int.Parse((await Slider(page, "End").GetAttributeAsync("aria-valuemax"))!, CultureInfo.InvariantCulture);
        await AssertNumbers(page, capture, "");
        foreach ((int from, int to) in new[] { (0, bins / 2), (bins / 4, bins / 3), (bins / 2, bins), (bins / 5, bins) })
        {
            await Select(page, from, to);
            await AssertNumbers(page, capture, await page.Locator(".selection code").TextContentAsync() ?? "");
        }

        await page.Keyboard.PressAsync("Escape");
        await AssertNumbers(page, capture, "");
        await Assertions.Expect(page.Locator(".selection")).ToBeHiddenAsync();
        Assert.Empty(_browser.Errors);
        Assert.Single(_browser.Requests);
    }

    [Fact]
    public async Task Dragging_selects_whole_bins_and_a_click_one()
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", "packets.db"));
        LocatorBoundingBoxResult box = (await page.Locator(".timeline .brush").BoundingBoxAsync())!;
        float y = box.Y + (box.Height / 2);
        await page.Mouse.MoveAsync(box.X + 300, y);
        await page.Mouse.DownAsync();
        await page.Mouse.UpAsync();
        Assert.Equal(1, await Value(page, "End") - await Value(page, "Beginning"));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + 500, y);
        await page.Mouse.UpAsync();
        Assert.InRange(await Value(page, "End") - await Value(page, "Beginning"), 20, 60);
        await Assertions.Expect(page.Locator(".selection")).ToContainTextAsync("drops");
        await page.Locator(".selection").GetByRole(AriaRole.Button).ClickAsync();
        Assert.Equal(0, await Value(page, "Beginning"));
    }

    [Fact]
    public async Task A_link_to_a_finding_shows_it_marked_and_from_there_its_drops()
    {
        string capture = Repository.At("fixtures", "captures", "example.db");
        Finding burst = MadeCapture.Read(capture).Findings.Single(finding => finding.Id == "burst");
        IPage page = await _browser.Open(capture, at: "#finding-burst");
        ILocator shown = page.Locator("#finding-burst");
        await Assertions.Expect(shown).ToBeInViewportAsync();
        Assert.NotEqual("rgba(0, 0, 0, 0)", await shown.EvaluateAsync<string>("e => getComputedStyle(e).backgroundColor"));

        await shown.GetByRole(AriaRole.Link, new LocatorGetByRoleOptions { Name = "Show these drops" }).ClickAsync();
        await Assertions.Expect(page.Locator("#timeline")).ToBeInViewportAsync();
        string where = await page.Locator(".selection code").TextContentAsync() ?? "";
        Assert.Equal(burst.Drops, Db.Scalar<long>(capture, $"SELECT count(*) FROM drops {where}"));
        await AssertNumbers(page, capture, where);

        await page.Locator("#answer ~ .top a").First.ClickAsync();
        await Assertions.Expect(page.Locator($"#finding-{MadeCapture.Read(capture).OtherCauses[0].Id}")).ToBeInViewportAsync();
        Assert.Empty(_browser.Errors);
        Assert.Single(_browser.Requests);
    }

    [Theory]
    [InlineData("packets.db")]
    [InlineData("example.db")]
    [InlineData("scenarios/mixed-scan.db")]
    public async Task A_finding_shows_the_drops_of_its_sites_and_one_button_shows_all_again(string name)
    {
        string capture = Repository.At("fixtures", "captures", name);
        List<Finding> findings = MadeCapture.Read(capture).Findings.Where(f => f.Sites.Count > 0).ToList();
        Assert.NotEmpty(findings);
        IPage page = await _browser.Open(capture);
        ILocator bar = page.Locator(".selection"), caption = page.Locator("#sites table caption").First;
        string captionOfAll = await caption.TextContentAsync() ?? "";
        foreach (Finding finding in findings)
        {
            await page.Locator($"#finding-{finding.Id} > details").EvaluateAsync("details => { details.open = true; }");
            await page.Locator($"#finding-{finding.Id} .show-me a").ClickAsync();
            string where = await bar.Locator("code").TextContentAsync() ?? "";
            long drops = Db.Scalar<long>(capture, $"SELECT count(*) FROM drops {where}");
            await Assertions.Expect(bar).ToContainTextAsync($"· {drops:#,0} drop");
            await Assertions.Expect(caption).ToContainTextAsync($"shares of the selected {drops:#,0} drop");
            if (finding.Sites.Sum(s => s.Drops) == finding.Sites.Select(s => s.Site).Distinct().Sum(s => s.Drops)) Assert.Equal(finding.Drops, drops);
            else await Assertions.Expect(bar).ToContainTextAsync($"The finding has {finding.Drops:#,0} of these");
            await AssertNumbers(page, capture, where, ofFinding: true);
        }

        await page.Locator(".filter input").FillAsync("udp");
        await page.Locator(".frames-graph button").Nth(1).ClickAsync();
        await bar.GetByRole(AriaRole.Button).ClickAsync();
        await AssertNumbers(page, capture, "");
        Assert.Equal(captionOfAll, await caption.TextContentAsync());
        Assert.Equal("", await page.Locator(".filter input").InputValueAsync());
        await Assertions.Expect(bar).ToBeHiddenAsync();
        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task A_link_to_a_finding_that_is_folded_opens_it()
    {
        string capture = Repository.At("fixtures", "captures", "packets.db");
        Finding folded = MadeCapture.Read(capture).Findings[5];
        IPage page = await _browser.Open(capture);
        Assert.False(await page.Locator($"#finding-{folded.Id} > details").EvaluateAsync<bool>("details => details.open"));
        await page.EvaluateAsync("id => { location.hash = id; }", $"finding-{folded.Id}");
        await Assertions.Expect(page.Locator($"#finding-{folded.Id} .evidence")).ToBeInViewportAsync();
    }

    [Fact]
    public async Task What_speaks_of_the_whole_window_is_not_shown_beside_a_selection()
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", "packets.db"));
        ILocator head = page.Locator("#sites th").GetByText("First to last");
        await Assertions.Expect(head).ToBeVisibleAsync();
        await Select(page, 10, 30);
        await Assertions.Expect(head).ToBeHiddenAsync();
    }

    private static async Task Select(IPage page, int from, int to)
    {
        await Slider(page, "Beginning").PressAsync("Home");
        await Slider(page, "End").PressAsync("End");
        await Move(page, "Beginning", from - await Value(page, "Beginning"));
        await Move(page, "End", to - await Value(page, "End"));
        Assert.Equal((from, to), (await Value(page, "Beginning"), await Value(page, "End")));
    }

    private static async Task Move(IPage page, string which, int by)
    {
        for (; Math.Abs(by) >= 10; by -= 10 * Math.Sign(by)) await Slider(page, which).PressAsync(by > 0 ? "PageUp" : "PageDown");
        for (; by != 0; by -= Math.Sign(by)) await Slider(page, which).PressAsync(by > 0 ? "ArrowRight" : "ArrowLeft");
    }

    private static ILocator Slider(IPage page, string which) => page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = $"{which} of the span" });

    private static async Task<int> Value(IPage page, string which) =>
        int.Parse((await Slider(page, which).GetAttributeAsync("aria-valuenow"))!, CultureInfo.InvariantCulture);
}
