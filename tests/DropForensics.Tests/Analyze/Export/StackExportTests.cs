using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Export;
using DropForensics.Tests.TestKit;
using Microsoft.Playwright;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Export;

public sealed partial class StackExportTests : IDisposable
{
    private static readonly string Example = Repository.At("fixtures", "captures", "example.db");

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_line_goes_from_the_root_to_the_function_that_decided_and_its_reason()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000) + EventAndStack(102, Backlog) + EventAndStack(103, E1000) + EventAndStack(104, E1000, "NETFILTER_DROP"))]);
        Assert.Equal(
            [
                "net_rx_action;__napi_poll;e1000_clean_[e1000];napi_complete_done;netif_receive_skb_list_internal;ip_protocol_deliver_rcu;__udp4_lib_rcv;NO_SOCKET 2",
                "net_rx_action;__napi_poll;e1000_clean_[e1000];napi_complete_done;netif_receive_skb_list_internal;ip_protocol_deliver_rcu;__udp4_lib_rcv;NETFILTER_DROP 1",
                "net_rx_action;__napi_poll;process_backlog;__netif_receive_skb_one_core;ip_protocol_deliver_rcu;__udp4_lib_rcv;NO_SOCKET 1",
            ],
            Folded(Path));
    }

    [Fact]
    public void Stacks_that_differ_in_offsets_alone_are_one_and_a_drop_without_one_stands_by_its_function()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000) + EventAndStack(102, E1000.Replace("+0x31/", "+0x35/", StringComparison.Ordinal)) + Event(103) + Event(104))]);
        string[] lines = Folded(Path);
        Assert.EndsWith("__udp4_lib_rcv;NO_SOCKET 2", lines[0]);
        Assert.Equal(["tcp_v4_rcv;NO_SOCKET 2"], lines[1..]);
    }

    [Fact]
    public void A_name_cannot_break_the_format()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000))]);
        Change(Path, "UPDATE symbol SET name = 'a;b 7' WHERE name = 'e1000_clean'; UPDATE symbol SET name = char(10) || 'x' WHERE name = '__napi_poll'; UPDATE reason SET name = ''");
        Assert.Equal(
            [@"net_rx_action;\x0ax;a:b_7_[e1000];napi_complete_done;netif_receive_skb_list_internal;ip_protocol_deliver_rcu;__udp4_lib_rcv;_ 1"], Folded(Path));
    }

    [Fact]
    public void Flamegraph_pl_draws_the_numbers_of_the_view_frames()
    {
        string script = Requires.FlameGraph();
        File.WriteAllText(_scratch.File("folded"), Exported.Text(Example, ExportFormat.Folded));
        Finished drawn = Shell.Run("perl", script, "--minwidth", "0", _scratch.File("folded"));
        Assert.True(drawn is { ExitCode: 0, Errors: "" }, drawn.ToString());
        Dictionary<string, long> samples = Titles().Matches(drawn.Output).GroupBy(match => match.Groups[1].Value.Replace("&lt;", "<").Replace("&gt;", ">"))
            .ToDictionary(group => group.Key, group => group.Sum(match => long.Parse(match.Groups[2].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)));

        Assert.Equal(Db.Scalar<long>(Example, "select count(*) from drops"), samples["all"]);
        List<string?[]> functions = Db.Texts(Example, """
            select f.symbol || case when f.module is null then '' else '_[' || f.module || ']' end,
                   count(distinct d.id) + (select count(*) from drops where stack_id is null and function = f.symbol)
              from drops d join frames f on f.stack_id = d.stack_id
             where f.symbol not in (select symbol from frames group by stack_id, symbol having count(*) > 1)
             group by f.symbol, f.module
            """);
        Assert.True(functions.Count > 50);
        Assert.All(functions, row => Assert.Equal(long.Parse(row[1]!, CultureInfo.InvariantCulture), samples[row[0]!])); // neither is null
        Assert.All(
            Db.Texts(Example, "select reason, count(*) from drops group by 1"),
            row => Assert.Equal(long.Parse(row[1]!, CultureInfo.InvariantCulture), samples[row[0]!]));
    }

    [Theory]
    [InlineData("example.db")]
    [InlineData("packets.db")]
    [InlineData("drivers.db")]
    [InlineData("e1000.db")]
    public void Speedscopes_published_schema_and_its_rules_hold(string name)
    {
        string capture = Repository.At("fixtures", "captures", name), document = Exported.Text(capture, ExportFormat.Speedscope);
        AssertRules(document, Db.Scalar<long>(capture, "select count(*) from drops"));
        Assert.Empty(new JsonSchema(File.ReadAllText(Requires.Speedscope("file-format-schema.json"))).Faults(document));
    }

    [Fact]
    public void Both_tell_the_same_of_each_stack()
    {
        JsonElement root = JsonDocument.Parse(Exported.Text(Example, ExportFormat.Speedscope)).RootElement, profile = root.GetProperty("profiles")[0];
        string[] frames = [.. root.GetProperty("shared").GetProperty("frames").EnumerateArray().Select(frame => frame.GetProperty("name").GetString()!.Replace(' ', '_'))];
        IEnumerable<string> lines = profile.GetProperty("samples").EnumerateArray().Zip(profile.GetProperty("weights").EnumerateArray())
            .Select(pair => $"{string.Join(';', pair.First.EnumerateArray().Select(frame => frames[frame.GetInt32()]))} {pair.Second.GetInt64()}");
        Assert.Equal(Folded(Example), lines);
    }

    [Fact]
    public async Task Speedscope_opens_it()
    {
        string page = Requires.Speedscope("index.html"), chromium = Requires.Chromium(), document = Exported.Text(Example, ExportFormat.Speedscope);
        using IPlaywright playwright = await Playwright.CreateAsync();
        await using IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update", "--allow-file-access-from-files"],
        });
        IPage tab = await browser.NewPageAsync();
        // As its own command line hands a profile over.
        File.WriteAllText(_scratch.File("profile.js"), $"speedscope.loadFileFromBase64('drops.json', '{Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(document))}')");
        await tab.GotoAsync($"{new Uri(page).AbsoluteUri}#localProfilePath={_scratch.File("profile.js")}");
        await tab.GetByText("Sandwich").ClickAsync(); // the one view that is a table of text
        await tab.GetByText("NO_SOCKET").First.WaitForAsync();
    }

    private static void AssertRules(string document, long drops)
    {
        JsonElement root = JsonDocument.Parse(document).RootElement, profile = root.GetProperty("profiles")[0];
        Assert.Equal("https://www.speedscope.app/file-format-schema.json", root.GetProperty("$schema").GetString());
        Assert.Equal(("sampled", "none", 0), (profile.GetProperty("type").GetString(), profile.GetProperty("unit").GetString(), profile.GetProperty("startValue").GetInt64()));
        int frames = root.GetProperty("shared").GetProperty("frames").GetArrayLength();
        Assert.Equal(profile.GetProperty("samples").GetArrayLength(), profile.GetProperty("weights").GetArrayLength());
        Assert.All(profile.GetProperty("samples").EnumerateArray().SelectMany(sample => sample.EnumerateArray()), frame => Assert.InRange(frame.GetInt32(), 0, frames - 1));
        Assert.Equal(drops, profile.GetProperty("weights").EnumerateArray().Sum(weight => weight.GetInt64()));
        Assert.Equal(drops, profile.GetProperty("endValue").GetInt64());
    }

    private static string[] Folded(string capture) => Exported.Text(capture, ExportFormat.Folded).TrimEnd('\n').Split('\n');

    [GeneratedRegex(@"<title>(\S+) \(([\d,]+) \w+, [\d.]+%\)</title>")]
    private static partial Regex Titles();
}
