using System.Globalization;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;
using static DropForensics.Tests.Analyze.Html.SelectedNumbers;

namespace DropForensics.Tests.Analyze.Html;

/// <summary>What a click on a reason, a flow or a CPU shows of everything else, in a real browser, is what SQL says of those drops.</summary>
public sealed class RowSelectionTests : IAsyncLifetime
{
    private readonly PageBrowser _browser = new();

    public ValueTask InitializeAsync() => _browser.InitializeAsync();

    public ValueTask DisposeAsync() => _browser.DisposeAsync();

    [Theory]
    [InlineData("packets.db")]
    [InlineData("drivers.db")] // a row of a driver sums up several rules
    [InlineData("schema-5.db")] // with owners
    [InlineData("scenarios/mixed-scan.db")] // a flow for each drop of a scan
    public async Task Fifty_selections_of_rows_and_spans_that_links_ask_for_show_the_numbers_of_SQL(string name)
    {
        string capture = Repository.At("fixtures", "captures", name);
        var random = new Random(16);
        IPage page = await _browser.Open(capture);
        string[] lists = await page.EvaluateAsync<string[]>("Object.keys(rowsOf).filter(list => rowsOf[list].some(row => row.where))");
        Assert.Empty(((string[])["cpus", "flows", "interfaces", "processes", "protocols", "reasons", "services", "sites", .. name == "schema-5.db" ? (string[])["owners"] : []]).Except(lists));
        int[][] rows = await page.EvaluateAsync<int[][]>("lists => lists.map(list => rowsOf[list].map((row, i) => row.where ? i : -1).filter(i => i >= 0))", lists);
        int Row(int list) => rows[list][random.Next(rows[list].Length)];
        int bins = int.Parse((await page.GetByRole(AriaRole.Slider, new() { Name = "End of the span" }).GetAttributeAsync("aria-valuemax"))!, CultureInfo.InvariantCulture), empty = 0;
        for (int i = 0; i < 50; i++)
        {
            int list = random.Next(lists.Length), other = (list + random.Next(lists.Length)) % lists.Length, from = random.Next(bins), to = random.Next(from, bins) + 1;
            string address = $"#show?{lists[list]}={Row(list)}{(other == list ? "" : $"&{lists[other]}={Row(other)}")}{(i % 3 == 0 ? $"&t={from}-{to}" : "")}";
            await page.EvaluateAsync("address => { location.hash = address; }", address);
            await PageBrowser.Until(page, "address => { const { span, rows } = selection; return address.split(/[?&]/).slice(1).every(part => { const [name, value] = part.split('='); return name === 't' ? span === whole || `${span.from}-${span.to}` === value : rows.get(name) === Number(value); }); }", address);
            string where = await page.Locator(".selection code").TextContentAsync() ?? "";
            Assert.StartsWith("where ", where, StringComparison.Ordinal);
            empty += Db.Scalar<long>(capture, $"SELECT count(*) FROM drops {where}") == 0 ? 1 : 0;
            await AssertNumbers(page, capture, where, ofFinding: true);
            await AssertEveryRow(page, capture, where);
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
        await PageBrowser.Until(page, "() => location.hash === '#show?reasons=0'");
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
        await PageBrowser.Until(page, "() => location.hash === ''");
        await AssertNumbers(page, capture, "");
        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task A_box_of_the_map_selects_its_interface_by_mouse_and_by_keys()
    {
        IPage page = await PageCaptures.Open(_browser, "connected interfaces");
        ILocator boxes = page.Locator(".map rect[role=button]"), first = boxes.First, chips = page.Locator(".selection .chips button");
        string[] names = await page.EvaluateAsync<string[]>("""
            [...document.querySelectorAll(".map rect[role=button]")].map(box => {
              const row = document.querySelectorAll("table[data-rows=interfaces] tbody tr")[box.dataset.row];
              return [box.dataset.series, box.dataset.value, rowsOf.interfaces[box.dataset.row].name, row.querySelector("td.number").textContent.trim()].join(" ");
            })
            """);
        Assert.Equal(10, names.Length); // of those with drops
        Assert.All(names.Select(name => name.Split(' ')), name => Assert.Equal((name[0], name[1]), (name[2], name[3])));

        await first.ClickAsync();
        await Assertions.Expect(first).ToHaveAttributeAsync("aria-pressed", "true");
        await Assertions.Expect(chips).ToHaveTextAsync("Interface: eth0 ×");
        Assert.Equal("where (interface is 'eth0' and ifindex is 2 and netns is 5000000001)", await page.Locator(".selection code").TextContentAsync());
        await boxes.Nth(1).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(first).ToHaveAttributeAsync("aria-pressed", "false");
        await Assertions.Expect(boxes.Nth(1)).ToHaveAttributeAsync("aria-pressed", "true");
        await page.Keyboard.PressAsync(" ");
        await Assertions.Expect(page.Locator(".selection")).ToBeHiddenAsync();
        await page.Locator("table[data-rows=interfaces] tbody th.filters").First.ClickAsync();
        await Assertions.Expect(first).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Empty(_browser.Errors);
    }

    [Theory]
    [InlineData(30_000, "")]
    [InlineData(500, "Rows with few drops cannot be selected: this capture has too many of them.")]
    [InlineData(0, "These rows cannot be selected: this capture has too many kinds of drops.")]
    public async Task Flows_that_the_page_has_no_room_for_cannot_be_selected_and_their_caption_says_so(int characters, string limit)
    {
        string capture = Repository.At("fixtures", "captures", "scenarios", "mixed-scan.db"), file = _browser.Scratch.File("report.html");
        await File.WriteAllTextAsync(file, await HtmlReport.RenderAsync(MadeCapture.Read(capture), PageLimits.Ample with { Selectable = characters }), TestContext.Current.CancellationToken);
        IPage page = await _browser.OpenFile(file);
        ILocator table = page.Locator("table[data-rows=flows]"), rows = table.Locator("tbody tr"), names = table.Locator("tbody th.filters");
        Assert.Equal(limit, string.Concat(await table.Locator("caption .limit").AllTextContentsAsync()));
        Assert.NotEqual(0, await page.Locator("table[data-rows=reasons] .filters .only").CountAsync());
        int all = await rows.CountAsync(), some = await names.CountAsync();
        Assert.True(limit.Length == 0 ? some == all : characters == 0 ? some == 0 : some > 0 && some < all, $"{some} of {all}");
        if (some > 0)
        {
            await names.First.ClickAsync();
            await AssertEveryRow(page, capture, (await page.Locator(".selection code").TextContentAsync())!);
        }

        await page.EvaluateAsync("choose({ rows: new Map([['reasons', 0]]) })");
        await AssertEveryRow(page, capture, (await page.Locator(".selection code").TextContentAsync())!);
        if (characters == 0) await Assertions.Expect(page.Locator(".rows", new() { Has = table }).Locator(".rest")).ToHaveTextAsync("The page cannot count this selection by these rows; the SQL above can.");
        Assert.Equal(limit.Length > 0 && characters > 0, await table.Locator("tbody tr:not([hidden])").GetByText("not kept").CountAsync() > 0);
        await page.EvaluateAsync("location.hash = '#show?flows=' + rowsOf.flows.findIndex((row, i) => !canSelect('flows', i))"); // of a link made elsewhere
        await PageBrowser.Until(page, "() => selection.rows.size === 0");
        Assert.Empty(_browser.Errors);
    }

    [Fact]
    public async Task Whatever_names_a_row_can_be_clicked_and_is_a_chip_and_a_table_without_any_of_it_says_why()
    {
        IPage page = await _browser.Open(Repository.At("fixtures", "captures", "schema-5.db"));
        ILocator chips = page.Locator(".selection .chips button");
        foreach ((string list, string chip) in ((string, string)[])
            [("flows", "Flow: "), ("services", "Service: "), ("cpus", "CPU "), ("processes", "Task on the CPU: "), ("owners", "Owner: "), ("interfaces", "Interface: "), ("drivers", "Driver: "), ("sites", "Site: ")])
        {
            ILocator name = page.Locator($"table[data-rows={list}] tbody th.filters").First;
            await name.ClickAsync();
            await Assertions.Expect(chips).ToHaveTextAsync(new Regex($"^{chip}[^:]+.*×$"));
            await chips.ClickAsync();
            await Assertions.Expect(page.Locator(".selection")).ToBeHiddenAsync();
        }

        await page.EvaluateAsync("choose({ rows: new Map([['flows', 0], ['services', rowsOf.services.length - 1]]) })");
        await Assertions.Expect(chips).ToHaveCountAsync(2);
        foreach (ILocator table in await page.Locator(".rows:has(table[data-rows]), [data-rows=stacks]").AllAsync())
        {
            Assert.Equal(0, await table.Locator("tbody tr:not([hidden]), details:not(.query):not([hidden])").CountAsync());
            await Assertions.Expect(table.Locator(".rest").Last).ToHaveTextAsync("No drops match the selection.");
        }

        Assert.Empty(_browser.Errors);
    }
}
