using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>The page under axe-core's rules, WCAG 2 AA among them.</summary>
public sealed class AccessibilityTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [InlineData("packets.db", ColorScheme.Light, 1280)]
    [InlineData("packets.db", ColorScheme.Dark, 1280)]
    [InlineData("example.db", ColorScheme.Light, 390)]
    [InlineData("e1000.db", ColorScheme.Dark, 1280)]
    public async Task No_rule_is_violated_before_a_selection_nor_with_one(string name, ColorScheme scheme, int width)
    {
        string axe = Requires.Axe();
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", name), scheme: scheme, width: width);
        await page.EvaluateAsync(axe);
        Assert.Empty(await Violations(page));
        await page.GetByRole(AriaRole.Slider, new PageGetByRoleOptions { Name = "Beginning of the span" }).PressAsync("ArrowRight");
        await page.GetByLabel("Find frames").FillAsync("rcv");
        await page.Locator("#sites button.count:visible").First.ClickAsync();
        Assert.Empty(await Violations(page));
    }

    [Theory]
    [MemberData(nameof(PageCaptures.Chosen), MemberType = typeof(PageCaptures))]
    public async Task No_rule_is_violated_in_either_theme_on_a_screen_and_a_phone(string capture)
    {
        if (capture == PageCaptures.Fullest) return;
        string axe = Requires.Axe();
        IPage page = await PageCaptures.Open(_browser, capture);
        await page.EvaluateAsync(axe);
        await page.SetViewportSizeAsync(1440, 900);
        Assert.Empty(await Violations(page));
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        Assert.Empty(await Violations(page, "color-contrast")); // all else follows from the document
        await page.SetViewportSizeAsync(390, 844);
        Assert.Empty(await Violations(page, "color-contrast", "scrollable-region-focusable"));
    }

    private static Task<string[]> Violations(IPage page, params string[] rules) => page.EvaluateAsync<string[]>(
        "async rules => (await axe.run(rules.length === 0 ? {} : { runOnly: rules })).violations.flatMap(v => v.nodes.map(n => `${v.id}: ${n.html}`))", rules);
}
