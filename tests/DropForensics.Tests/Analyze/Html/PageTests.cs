using DropForensics.Analyze.Display;
using DropForensics.Analyze.Html;
using DropForensics.Core.Model;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>The page in a real browser, from its file.</summary>
public sealed class PageTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    private ScratchDirectory Scratch => _browser.Scratch;

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [InlineData(true, ColorScheme.Light)]
    [InlineData(true, ColorScheme.Dark)]
    [InlineData(false, ColorScheme.Light)]
    public async Task The_page_shows_its_answer_tables_and_chart_and_asks_for_nothing(bool script, ColorScheme scheme)
    {
        IPage page = await Open(script, scheme);
        await Assertions.Expect(page.Locator("h1 + p.lead")).ToContainTextAsync("62 packets dropped in 10 s.");
        foreach (string section in new[] { "timeline", "reasons", "sites", "stacks", "drivers", "interfaces", "cpus", "completeness", "raw", "losses", "captured", "limits", "glossary" })
            await Assertions.Expect(page.Locator($"section#{section} h2")).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator(".not-shown #flows")).ToContainTextAsync("flows (");
        await Assertions.Expect(page.Locator("#timeline svg rect[data-series=NO_SOCKET]").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("#sites tbody tr").First).ToContainTextAsync("__udp4_lib_rcv");
        await Assertions.Expect(page.Locator("#drivers tbody th").Nth(1)).ToContainTextAsync("e1000");

        Assert.Equal([page.Url], _browser.Requests);
        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task The_style_is_applied_under_its_policy_and_no_page_is_wider_than_the_screen()
    {
        foreach (int width in new[] { 1280, 390 })
        {
            IPage page = await Open(script: true, ColorScheme.Light, width);
            Assert.Equal("rgb(255, 255, 255)", await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor"));
            Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        }
    }

    [Fact]
    public async Task Interfaces_and_flows_are_tables_that_fit_the_screen()
    {
        string capture = Scratch.File("flows.db");
        var v6 = new PacketFlow
        {
            EtherType = 34525,
            IpProtocol = 17,
            Source = UInt128.Parse("42540766411282592856903984951653826567"),
            Destination = UInt128.Parse("42540766411282592875351010504635121751"),
            SourcePort = 50000,
            DestinationPort = 53,
        };
        MadePackets.Write(capture, MadePackets.Eprobe, new MadePackets.Drop(MadePackets.VethB, MadePackets.Udp(1, 2, 40000, 9)),
            new MadePackets.Drop(MadePackets.Vlan, new PacketHeaders(v6, "vxlan", v6), Iif: 2), new MadePackets.Drop(null));
        IPage page = await _browser.Open(capture, width: 390);
        Assert.Equal(390, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await Assertions.Expect(page.Locator("#interfaces table").First.Locator("tbody tr")).ToHaveCountAsync(3);
        await Assertions.Expect(page.Locator("#interfaces")).ToContainTextAsync("runs on eth0");
        await Assertions.Expect(page.Locator("#interfaces")).ToContainTextAsync("the packet pointed to no device");
        await Assertions.Expect(page.Locator("#flows table").First.Locator("tbody th")).ToHaveCountAsync(2);
        await Assertions.Expect(page.Locator("#flows")).ToContainTextAsync("10.0.0.1:40000 → 10.0.0.2:9");
        await Assertions.Expect(page.Locator("#flows")).ToContainTextAsync("1 drop had no readable headers");
    }

    [Fact]
    public async Task All_rows_can_be_shown_without_script()
    {
        IPage page = await Open(script: false, ColorScheme.Light);
        ILocator rows = page.Locator("#sites tbody tr:visible");
        await Assertions.Expect(rows).ToHaveCountAsync(20);
        await page.GetByLabel("Show all 61 rows").First.CheckAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(61);
        await Assertions.Expect(page.Locator(".filter")).ToBeHiddenAsync();
    }

    [Fact]
    public async Task With_script_columns_sort_and_rows_filter()
    {
        IPage page = await Open(script: true, ColorScheme.Light);
        ILocator function = page.Locator("#sites thead button").First;
        await function.ClickAsync();
        await Assertions.Expect(page.Locator("#sites tbody th").First).ToContainTextAsync("__udp4_lib_rcv");
        await function.ClickAsync();
        await Assertions.Expect(page.Locator("#sites tbody th").First).ToContainTextAsync("fn_59");
        await Assertions.Expect(page.Locator("#sites thead th").First).ToHaveAttributeAsync("aria-sort", "descending");

        await page.Locator(".filter input").FillAsync("fn_07");
        await Assertions.Expect(page.Locator("#sites tbody tr:visible")).ToHaveCountAsync(1);
        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task Times_sort_as_numbers()
    {
        IPage page = await Open(script: true, ColorScheme.Light, text: Event(100.5, "a_fn+0x1/0x2") + Event(101, "b_fn+0x1/0x2")
            + "CPU:0 [LOST 3 EVENTS]\n" + Event(102, "c_fn+0x1/0x2") + "CPU:0 [LOST 4 EVENTS]\n" + Event(109, "d_fn+0x1/0x2"));
        await page.Locator("#sites thead th", new PageLocatorOptions { HasText = "First to last" }).GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(page.Locator("#sites tbody th > code")).ToHaveTextAsync(["d_fn", "c_fn", "b_fn", "a_fn"]);
        foreach (string head in new[] { "From", "To" })
        {
            await page.Locator("#losses thead th", new PageLocatorOptions { HasText = head }).GetByRole(AriaRole.Button).ClickAsync();
            await Assertions.Expect(page.Locator("#losses table").First.Locator("tbody td:last-child")).ToHaveTextAsync(["4", "3"]);
        }

        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task The_script_writes_shares_and_counts_as_the_page_does()
    {
        IPage page = await Open(script: true, ColorScheme.Light);
        foreach (int whole in new[] { 3, 7, 200, 1204, 2000, 6666 })
        {
            Assert.Equal(
                Enumerable.Range(0, whole + 1).Select(part => Units.Percent(part, whole)),
                await page.EvaluateAsync<string[]>($"Array.from({{ length: {whole + 1} }}, (_, part) => percentText(part / {whole}))"));
        }

        long[] counts = [0, 999, 1000, 1_234_567];
        Assert.Equal(counts.Select(Units.Count), await page.EvaluateAsync<string[]>($"[{string.Join(',', counts)}].map(countText)"));
    }

    [Fact]
    public async Task Ticks_are_not_shown_as_seconds()
    {
        Write(Scratch.File("ticks.db"), Whole with { TraceClock = "counter", OpenedNs = null, ClosedNs = null },
            [(0, Event(101).Replace("101.000000:", "101:") + "CPU:0 [LOST 3 EVENTS]\n")]);
        string page = await HtmlReport.RenderAsync(Read(Scratch.File("ticks.db")));
        Assert.Contains("0 ticks", page);
        Assert.DoesNotContain("0.000000 s", page);
    }

    [Fact]
    public async Task An_offset_counts_from_the_function_that_is_named_with_it()
    {
        Write(Scratch.File("parts.db"), Whole, [(0, Event(101, "tcp_v4_rcv+0x7d/0xf20") + Event(102, "tcp_v4_rcv.part.0+0x5/0x90"))]);
        string page = System.Net.WebUtility.HtmlDecode(await HtmlReport.RenderAsync(Read(Scratch.File("parts.db"))));
        Assert.Contains("freed at +0x7d, .part.0+0x5<", page);
    }

    [Fact]
    public async Task A_storm_of_sites_does_not_make_the_page_endless()
    {
        Write(Scratch.File("storm.db"), Whole, [(0, string.Concat(Enumerable.Range(0, 230).Select(i => Event(101, $"fn_{i:d3}+0x1/0x2"))))]);
        string page = await HtmlReport.RenderAsync(Read(Scratch.File("storm.db")));
        Assert.Contains("Show all 200 rows", page);
        Assert.Contains("and 30 more; the capture has all of them.", page);
        Assert.DoesNotContain("fn_229", page);
    }

    [Fact]
    public async Task Printed_tables_have_the_rows_of_the_screen_and_say_how_many_more_there_are()
    {
        IPage page = await Open(script: true, ColorScheme.Light);
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await Assertions.Expect(page.Locator("#sites tbody tr:visible")).ToHaveCountAsync(10);
        await Assertions.Expect(page.Locator("#sites .rest-on-paper")).ToHaveTextAsync("and 51 more on the page.");
        await Assertions.Expect(page.Locator(".contents")).ToBeHiddenAsync();
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Screen });
        await page.Locator("#sites .all input").CheckAsync();
        await page.EmulateMediaAsync(new PageEmulateMediaOptions { Media = Media.Print });
        await Assertions.Expect(page.Locator("#sites tbody tr:visible")).ToHaveCountAsync(61);
        await Assertions.Expect(page.Locator("#sites .rest-on-paper")).ToBeHiddenAsync();
    }

    private async Task<IPage> Open(bool script, ColorScheme scheme, int width = 1280, string? text = null)
    {
        string capture = Scratch.File("c.db");
        Write(capture, Whole, [(0, text ?? EventAndStack(101, E1000) + EventAndStack(102, E1000)
            + string.Concat(Enumerable.Range(0, 60).Select(i => Event(103 + (i / 10.0), $"fn_{i:d2}+0x1/0x2", "TCP_CSUM"))))]);
        return await _browser.Open(capture, script, scheme, width);
    }
}
