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

    // A4 without its margins.
    private const int PaperWidth = 688;

    // Texts that end outside what holds them: the window, a drawing, or a box that hides what is outside. What may be scrolled in a box of its own is whole, and
    // a frame of the flame graph that is too narrow for its name has it as its title.
    private const string CutTexts = """
        () => {
          const cut = [], range = document.createRange(), walker = document.createTreeWalker(document.querySelector(".page"), NodeFilter.SHOW_TEXT);
          const hides = element => getComputedStyle(element).overflowX !== "visible" || element.tagName === "svg" || element === document.documentElement;
          while (walker.nextNode()) {
            const text = walker.currentNode, element = text.parentElement;
            if (text.data.trim() === "" || !element.checkVisibility() || element.closest(".frames-graph button, .unseen, title")) continue;
            let holder = element;
            while (!hides(holder)) holder = holder.parentElement;
            if (holder.scrollWidth > holder.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(holder).overflowX)) continue;
            range.selectNodeContents(text);
            const boxes = holder.tagName === "svg" ? [element.getBoundingClientRect()] : [...range.getClientRects()]; // a range does not know textLength
            const { left, right, top, bottom } = holder.getBoundingClientRect(), isPage = holder === document.documentElement;
            if (boxes.some(box => box.width > 0 && (box.left < left - 1 || box.right > right + 1 || !isPage && (box.top < top - 1 || box.bottom > bottom + 1)))) cut.push(`${holder.tagName} cuts ${text.data.trim().slice(0, 80)}`);
          }
          return cut;
        }
        """;

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [MemberData(nameof(PageCaptures.Chosen), MemberType = typeof(PageCaptures))]
    public async Task The_first_screen_holds_the_answer_the_next_command_completeness_and_the_whole_timeline(string capture)
    {
        IPage page = await Open(capture);
        await page.SetViewportSizeAsync(1440, 900);
        foreach (string part in capture is "empty" or "many sites" or "the most of all" ? (string[])["h1", "#answer .statement summary"] : ["h1", "#answer .next .command", "#answer .statement summary"])
        {
            await Assertions.Expect(page.Locator(part)).ToBeInViewportAsync(new() { Ratio = 1 });
        }

        // Of the made capture that is worse than any host, an account of what is missing is open above the timeline.
        if (capture != "the most of all" && await page.Locator("figure.timeline svg").CountAsync() > 0)
        {
            await Assertions.Expect(page.Locator("figure.timeline")).ToBeInViewportAsync(new() { Ratio = 1 });
        }
    }

    [Theory]
    [MemberData(nameof(PageCaptures.Chosen), MemberType = typeof(PageCaptures))]
    public async Task In_both_themes_on_a_screen_a_phone_and_paper_nothing_overflows_and_no_text_is_cut(string capture)
    {
        IPage page = await Open(capture);
        foreach ((int width, ColorScheme scheme, Media media) in ((int, ColorScheme, Media)[])
            [(1440, ColorScheme.Light, Media.Screen), (1440, ColorScheme.Dark, Media.Screen), (390, ColorScheme.Dark, Media.Screen), (390, ColorScheme.Light, Media.Screen), (PaperWidth, ColorScheme.Dark, Media.Print), (PaperWidth, ColorScheme.Light, Media.Print)])
        {
            await page.EmulateMediaAsync(new() { Media = media, ColorScheme = scheme });
            await page.SetViewportSizeAsync(width, 900);
            Assert.Equal((scheme, media, width), (scheme, media, await page.EvaluateAsync<int>("document.documentElement.scrollWidth")));
            Assert.Empty(await page.EvaluateAsync<string[]>(CutTexts));
            if (media == Media.Print) Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
        }

        Assert.Empty(_browser.Errors);
        Assert.Single(_browser.Requests);
    }

    [Theory]
    [MemberData(nameof(PageCaptures.Chosen), MemberType = typeof(PageCaptures))]
    public async Task On_a_phone_the_timeline_is_whole(string capture)
    {
        IPage page = await Open(capture);
        await page.SetViewportSizeAsync(390, 844);
        ILocator timeline = page.Locator("figure.timeline-phone svg").First;
        if (await timeline.CountAsync() > 0)
        {
            LocatorBoundingBoxResult box = (await timeline.BoundingBoxAsync())!;
            Assert.InRange(box.X + box.Width, 300, 390);
        }
    }

    [Fact]
    public async Task A_single_drop_has_a_sentence_in_place_of_a_tall_empty_timeline()
    {
        IPage page = await Open("dropwatch");
        await Assertions.Expect(page.Locator("figure.timeline")).ToContainTextAsync("One drop at");
        Assert.InRange((await page.Locator("figure.timeline").BoundingBoxAsync())!.Height, 20, 100);
    }

    [Theory]
    [MemberData(nameof(PageCaptures.Chosen), MemberType = typeof(PageCaptures))]
    public async Task On_a_phone_a_table_that_is_wider_scrolls_in_its_own_box_and_says_so(string capture)
    {
        const string Wrong = "[...document.querySelectorAll('.scroll')].filter(box => (box.scrollWidth > box.clientWidth + 4) !== (getComputedStyle(box.querySelector('caption span, figcaption span'), '::after').content.includes('scroll')))";
        IPage page = await Open(capture);
        await page.SetViewportSizeAsync(390, 844);
        await PageBrowser.Until(page, $"() => {Wrong}.length === 0");
        ILocator wide = page.Locator(".scroll.more-right").First;
        if (await wide.CountAsync() == 0) return;
        await wide.EvaluateAsync("box => { box.dataset.seen = ''; box.scrollLeft = box.scrollWidth; }");
        await Assertions.Expect(page.Locator("[data-seen]")).Not.ToHaveClassAsync(MoreRight());
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        Assert.Equal(0, await page.EvaluateAsync<int>("[...document.querySelectorAll('.scroll span')].filter(text => getComputedStyle(text, '::after').content.includes('scroll')).length"));
    }

    [Theory]
    [InlineData("example.db")]
    [InlineData("scenarios/mixed-scan.db")]
    [InlineData("scenarios/receive-buffer.db")]
    [InlineData("scenarios/listen-overflow.db")]
    [InlineData("scenarios/rp-filter.db")]
    [InlineData("scenarios/mtu.db")]
    public async Task A_usual_capture_takes_six_pages_of_paper(string capture)
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", capture));
        string pdf = Encoding.Latin1.GetString(await page.PdfAsync(new() { Format = "A4", PreferCSSPageSize = true }));
        Assert.InRange(PageOfPdf().Count(pdf), 1, 6);
    }

    private Task<IPage> Open(string capture) => PageCaptures.Open(_browser, capture);

    [GeneratedRegex(@"\bmore-right\b")]
    private static partial Regex MoreRight();

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PageOfPdf();
}
