using System.Globalization;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Findings;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;

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

    [Theory]
    [InlineData("packets.db")]
    [InlineData("drivers.db")] // a row of a driver sums up several rules
    public async Task Fifty_selections_of_rows_and_spans_that_links_ask_for_show_the_numbers_of_SQL(string name)
    {
        string capture = Repository.At("fixtures", "captures", name);
        var random = new Random(16);
        IPage page = await _browser.Open(capture);
        string[] lists = ["reasons", "sites", "drivers", "interfaces", "namespaces"];
        int[][] rows = await page.EvaluateAsync<int[][]>("lists => lists.map(list => rowsOf[list].map((row, i) => row.where ? i : -1).filter(i => i >= 0))", lists);
        int Row(int list) => rows[list][random.Next(rows[list].Length)];
        int bins = int.Parse((await Slider(page, "End").GetAttributeAsync("aria-valuemax"))!, CultureInfo.InvariantCulture), empty = 0;
        for (int i = 0; i < 50; i++)
        {
            int list = random.Next(lists.Length), other = (list + random.Next(lists.Length)) % lists.Length, from = random.Next(bins), to = random.Next(from, bins) + 1;
            string address = $"#show?{lists[list]}={Row(list)}{(other == list ? "" : $"&{lists[other]}={Row(other)}")}{(i % 3 == 0 ? $"&t={from}-{to}" : "")}";
            await page.EvaluateAsync("address => { location.hash = address; }", address);
            await page.WaitForFunctionAsync("address => { const { span, rows } = selection; return address.split(/[?&]/).slice(1).every(part => { const [name, value] = part.split('='); return name === 't' ? span === whole || `${span.from}-${span.to}` === value : rows.get(name) === Number(value); }); }", address);
            string where = await page.Locator(".selection code").TextContentAsync() ?? "";
            Assert.StartsWith("where ", where, StringComparison.Ordinal);
            empty += Db.Scalar<long>(capture, $"SELECT count(*) FROM drops {where}") == 0 ? 1 : 0;
            await AssertNumbers(page, capture, where, ofFinding: true);
        }

        Assert.InRange(empty, 0, 40);
        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task A_click_on_a_reason_shows_it_alone_as_a_chip_and_in_the_address_and_escape_shows_all()
    {
        string capture = Repository.At("fixtures", "captures", "packets.db");
        IPage page = await _browser.Open(capture);
        ILocator reason = page.Locator("#reasons tbody th").First;
        string name = (await reason.TextContentAsync())!.Trim();
        await reason.Locator(".reason").ClickAsync();
        await Assertions.Expect(page.Locator(".selection .chips button")).ToHaveTextAsync($"Reason: {name} ×");
        await page.WaitForFunctionAsync("() => location.hash === '#show?reasons=0'");
        await AssertNumbers(page, capture, $"WHERE reason = '{name}'", ofFinding: true);
        Assert.Equal(
            Db.Scalar<long>(capture, $"SELECT count(*) FROM drops WHERE reason = '{name}'"),
            (long)await page.EvaluateAsync<double>("data.cells.reduce((drops, cell, i) => wantsOf(selection)(cell) ? drops + within(cellDrops[i], whole) : drops, 0)"));
        await Assertions.Expect(page.Locator(".timeline .chosen")).ToHaveAttributeAsync("d", new Regex("^M"));

        IPage shared = await _browser.Open(capture, at: "#show?reasons=0");
        await Assertions.Expect(shared.Locator(".selection .chips button")).ToHaveTextAsync($"Reason: {name} ×");

        await page.Locator("#reasons tbody .only").First.FocusAsync();
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator(".selection")).ToBeHiddenAsync();
        await page.WaitForFunctionAsync("() => location.hash === ''");
        await AssertNumbers(page, capture, "");
        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task What_the_page_cannot_cross_with_all_else_does_not_look_as_if_it_could_be_chosen()
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", "packets.db"));
        foreach (string list in (string[])["flows", "services", "cpus", "processes"])
        {
            Assert.NotEqual(0, await page.Locator($"table[data-rows={list}] tbody th").CountAsync());
            Assert.Equal(0, await page.Locator($"table[data-rows={list}] :is(.filters, .only)").CountAsync());
        }

        Assert.NotEqual(0, await page.Locator("table[data-rows=reasons] .filters .only").CountAsync());
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

    // Of each row that is shown: its number, and the texts that tell it from others.
    private const string VisibleRows = """
        ({ list, parts }) => [...document.querySelectorAll(`table[data-rows=${list}] tbody tr:not([hidden])`)].map(row =>
          [row.querySelector("td.number"), ...parts.map(part => row.querySelector(part))].map(element => element.textContent.trim()))
        """;

    // Of each cell that is not empty: driver and reason, and its number.
    private const string HeatCells = """
        () => [...document.querySelectorAll(".heat tbody tr")].flatMap(row => [...row.cells].slice(1).map((cell, i) =>
          [`${row.cells[0].textContent}|${cell.closest("table").tHead.rows[0].cells[i + 1].textContent}`, cell.textContent])).filter(([, count]) => count !== "")
        """;

    private static async Task AssertNumbers(IPage page, string capture, string where, bool ofFinding = false)
    {
        await Assert_("sites", "ifnull(function, 'unknown') || '|' || ifnull(reason, 'not given')", "th > code:first-child, th > .muted:first-child, th > a:first-child", ".wide .reason");
        await Assert_("reasons", "ifnull(reason, 'not given')", ".reason");
        if (!ofFinding)
        {
            await Assert_("cpus", "'CPU ' || cpu", "th");
            await Assert_("processes", "pid", "td:last-child");
        }

        if (await page.Locator("table[data-rows=interfaces]").CountAsync() > 0)
        {
            await Assert_("interfaces", "ifnull(interface || netns, 'unknown')", "th > code, th > .muted", "td:last-child");
            await Assert_("namespaces", "ifnull(netns, 'unknown')", "th > code, th > .muted");
        }

        string[][] cells = await page.EvaluateAsync<string[][]>(HeatCells);
        Assert.Equal(Grouped(capture, "1", where).Values.Sum(), cells.Sum(cell => Number(cell[1])));
        Dictionary<string, long> byDriver = Grouped(capture, "driver || '|' || reason", where);
        Assert.All(cells.Where(cell => byDriver.ContainsKey(cell[0])), cell => Assert.Equal(byDriver[cell[0]], Number(cell[1])));
        Assert.True(ofFinding || cells.Any(cell => byDriver.ContainsKey(cell[0])));
        Assert.Equal(
            Grouped(capture, "stack_id", where).Where(s => s.Key != "").OrderBy(s => s.Key),
            (await page.EvaluateAsync<string[][]>("[...document.querySelectorAll('#stacks details:not([hidden])')].map(d => [d.querySelector('.small').textContent.replace('stack ', ''), d.querySelector('.number').textContent])"))
                .ToDictionary(s => s[0], s => Number(s[1])).OrderBy(s => s.Key));
        Assert.Equal(
            Grouped(capture, "ifnull(function, 'unknown') || '|' || ifnull(reason, 'not given')", where).Values.Order(),
            (await page.EvaluateAsync<string[]>("[...document.querySelectorAll('.frames-graph .site')].map(b => b.dataset.drops)")).Select(Number).Order());

        async Task Assert_(string list, string by, params string[] parts)
        {
            Dictionary<string, long> expected = Grouped(capture, by, where);
            Dictionary<string, long> shown = [];
            foreach (string[] row in await page.EvaluateAsync<string[][]>(VisibleRows, new { list, parts }))
            {
                string key = string.Join(list == "sites" ? "|" : "", row[1..]);
                shown[key] = shown.GetValueOrDefault(key) + Number(row[0]);
            }

            Assert.Equal(expected.OrderBy(e => e.Key, StringComparer.Ordinal), shown.OrderBy(s => s.Key, StringComparer.Ordinal));
        }
    }

    private static Dictionary<string, long> Grouped(string capture, string by, string where) =>
        Db.Texts(capture, $"SELECT {by}, count(*) FROM drops {where} GROUP BY 1").ToDictionary(r => r[0] ?? "", r => Number(r[1]!)); // a count is never NULL

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

    private static long Number(string text) => long.Parse(text.Trim(), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);
}
