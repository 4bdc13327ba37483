using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Import;
using DropForensics.Analyze.Redact;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>What stands where, measured in a real browser: the first screen, a phone, paper.</summary>
public sealed partial class LayoutTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public static TheoryData<string> Captures =>
    [
        "packets.db", "schema-5.db", "example.db", "drivers.db", "e1000.db", "scenarios/mixed-scan.db", "scenarios/mixed-noise-and-firewall.db", "scenarios/receive-buffer.db", "scenarios/mtu.db",
        "scenarios/rp-filter.db", "scenarios/nft-output-drop.db", "scenarios/listen-overflow.db", .. Made.Keys,
    ];

    // What no fixture is.
    private static readonly Dictionary<string, Action<string>> Made = new()
    {
        ["empty"] = path => Write(path, Whole, []),
        ["killed"] = path => Write(path, Whole with { ClosedNs = null, Ended = null }, [(0, EventAndStack(101, E1000) + EventAndStack(102, E1000))]),
        ["lossy"] = path => Write(path, Whole, [(0, Event(101) + "CPU:0 [LOST 500 EVENTS]\n" + EventAndStack(104, E1000) + "CPU:0 [LOST 7 EVENTS]\n" + Event(107))]),
        ["redacted"] = path => RedactJob.Run(Repository.At("fixtures", "captures", "packets.db"), path, TextWriter.Null, CancellationToken.None),
        ["dropwatch"] = path => ImportJob.Run(
            new ImportOptions(Repository.At("fixtures", "field", "34-dropwatch-packet-mode.txt"), path, Force: false, Format: null), () => Stream.Null, TextWriter.Null, TextWriter.Null, CancellationToken.None),
        ["many sites"] = path => Write(path, Whole, [(0, string.Concat(Enumerable.Range(0, 200).Select(i => Event(101 + (i / 30.0), $"a_function_with_a_long_name_{i:d3}+0x{i:x}/0xf20", $"A_REASON_{i % 40}"))))]),
        ["the most of all"] = path => FullCapture.Write(path, perBin: 1),
    };

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [MemberData(nameof(Captures))]
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
    [MemberData(nameof(Captures))]
    public async Task On_a_phone_the_page_does_not_scroll_sideways_and_the_timeline_is_whole(string capture)
    {
        IPage page = await Open(capture);
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
    [MemberData(nameof(Captures))]
    public async Task On_a_phone_a_table_that_is_wider_scrolls_in_its_own_box_and_says_so(string capture)
    {
        const string Wrong = "[...document.querySelectorAll('.scroll')].filter(box => (box.scrollWidth > box.clientWidth + 4) !== (getComputedStyle(box.querySelector('caption span'), '::after').content.includes('scroll')))";
        IPage page = await Open(capture);
        await page.SetViewportSizeAsync(390, 844);
        await page.WaitForFunctionAsync($"{Wrong}.length === 0", null, new() { Timeout = 5000 });
        ILocator wide = page.Locator(".scroll.more-right").First;
        if (await wide.CountAsync() == 0) return;
        await wide.EvaluateAsync("box => { box.dataset.seen = ''; box.scrollLeft = box.scrollWidth; }");
        await Assertions.Expect(page.Locator("[data-seen]")).Not.ToHaveClassAsync(MoreRight());
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

    [Theory]
    [MemberData(nameof(Captures))]
    public async Task On_paper_every_column_is_there(string capture)
    {
        IPage page = await Open(capture);
        await page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.SetViewportSizeAsync(688, 1000); // A4 without its margins
        Assert.Empty(await page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('table')].filter(t => t.offsetParent && t.getBoundingClientRect().right > 689).map(t => `${t.caption?.textContent} ends at ${t.getBoundingClientRect().right}`)"));
    }

    private Task<IPage> Open(string capture) => Made.TryGetValue(capture, out Action<string>? make) ? _browser.OpenMade(capture, make) : _browser.Open(Repository.At("fixtures", "captures", capture));

    [GeneratedRegex(@"\bmore-right\b")]
    private static partial Regex MoreRight();

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PageOfPdf();
}
