using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>What stands where, measured in a real browser: the first screen, a phone, paper.</summary>
public sealed partial class LayoutTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public static TheoryData<string> Captures =>
        ["packets.db", "example.db", "drivers.db", "e1000.db", "scenarios/mixed-scan.db", "scenarios/mtu.db", "scenarios/rp-filter.db", "scenarios/nft-output-drop.db", "scenarios/listen-overflow.db"];

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task The_first_screen_holds_the_answer_the_next_command_completeness_and_the_whole_timeline(string capture)
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", capture));
        await page.SetViewportSizeAsync(1440, 900);
        foreach (string part in (string[])["h1", "#answer .next .command", "#answer .statement summary"])
        {
            await Assertions.Expect(page.Locator(part)).ToBeInViewportAsync(new() { Ratio = 1 });
        }

        if (await page.Locator("figure.timeline svg").CountAsync() > 0)
        {
            await Assertions.Expect(page.Locator("figure.timeline")).ToBeInViewportAsync(new() { Ratio = 1 });
        }
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task On_a_phone_the_page_does_not_scroll_sideways_and_the_timeline_is_whole(string capture)
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", capture));
        await page.SetViewportSizeAsync(390, 844);
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(await page.EvaluateAsync<string[]>("[...document.querySelectorAll('h1, h2, h3, p, li, .command, .timeline-phone svg')].filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline').map(e => e.outerHTML.slice(0, 120))"));
        ILocator timeline = page.Locator("figure.timeline-phone svg").First;
        if (await timeline.CountAsync() > 0)
        {
            LocatorBoundingBoxResult box = (await timeline.BoundingBoxAsync())!;
            Assert.InRange(box.X + box.Width, 300, 390);
        }
    }

    [Theory]
    [InlineData("example.db")]
    [InlineData("scenarios/rp-filter.db")]
    [InlineData("scenarios/mtu.db")]
    public async Task A_usual_capture_takes_six_pages_of_paper(string capture)
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", capture));
        string pdf = Encoding.Latin1.GetString(await page.PdfAsync(new() { Format = "A4", PreferCSSPageSize = true }));
        Assert.InRange(PageOfPdf().Count(pdf), 1, 6);
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task On_paper_every_column_is_there(string capture)
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", capture));
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.SetViewportSizeAsync(688, 1000); // A4 without its margins
        Assert.Empty(await page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('table')].filter(t => t.offsetParent && t.getBoundingClientRect().right > 689).map(t => `${t.caption?.textContent} ends at ${t.getBoundingClientRect().right}`)"));
    }

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PageOfPdf();
}
