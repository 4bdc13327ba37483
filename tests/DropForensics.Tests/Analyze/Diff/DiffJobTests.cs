using System.Text.Json;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Diff;
using DropForensics.Analyze.Display;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>What a comparison writes, and what it leaves alone.</summary>
public sealed class DiffJobTests : IDisposable
{
    // Markup, a terminal's title and colour, a bell, a line end, a bidi override, Spectre's markup, the end of a style.
    private const string Hostile = "<img src=x>\u001b]0;owned\u0007\u001b[31m\r\n\u202egnp[red]x[/]</style>`'";

    private static readonly string Packets = Repository.At("fixtures", "captures", "packets.db"), Drivers = Repository.At("fixtures", "captures", "drivers.db");

    private readonly ScratchDirectory _scratch = new();

    private string Page => _scratch.File("diff.html");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_page_replaces_an_earlier_one_and_nothing_else()
    {
        Run(Packets, Drivers);
        string first = File.ReadAllText(Page);
        Run(Drivers, Packets);
        Assert.NotEqual(first, File.ReadAllText(Page));
        Assert.Equal(["diff.html"], _scratch.Names);

        File.WriteAllText(Page, "<html>somebody else's</html>");
        UserError error = Assert.Throws<UserError>(() => Run(Packets, Drivers));
        Assert.Contains("was not made by `analyze`", error.Message);
        Assert.Contains("--output", error.Remedy);
        Assert.Equal("<html>somebody else's</html>", File.ReadAllText(Page));
        Assert.Throws<UserError>(() => Comparison.Run(Packets, Drivers, TextWriter.Null, json: true, _scratch.FullName));
    }

    [Fact]
    public void A_capture_named_as_the_page_stays_as_it_was()
    {
        File.Copy(Packets, _scratch.File("b.db"));
        Assert.Throws<UserError>(() => Comparison.Run(Drivers, _scratch.File("b.db"), TextWriter.Null, json: true, _scratch.File("b.db")));
        Assert.Equal(File.ReadAllBytes(Packets), File.ReadAllBytes(_scratch.File("b.db")));
    }

    [Fact]
    public void A_comparison_that_fails_leaves_the_old_page_and_no_part_of_a_new_one()
    {
        Run(Packets, Drivers);
        string old = File.ReadAllText(Page);
        File.WriteAllText(_scratch.File("b.db"), "no capture");
        Assert.Throws<UserError>(() => Run(Packets, _scratch.File("b.db")));
        Assert.Equal(old, File.ReadAllText(Page));
        Assert.Equal(["b.db", "diff.html"], _scratch.Names);
        Assert.Throws<UserError>(() => Comparison.Run(Packets, _scratch.File("b.db"), TextWriter.Null, json: true, _scratch.File("made/for/it.html")));
        Assert.Equal(["b.db", "diff.html"], _scratch.Names);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("B")]
    public async Task It_says_on_a_terminal_which_of_the_two_it_is_at(string letter)
    {
        // A pipe waits to be opened, so that what was said of it until then is seen.
        string pipe = _scratch.File("pipe.db");
        Shell.Run("mkfifo", pipe);
        using var written = new StringWriter();
        using TextWriter terminal = TextWriter.Synchronized(written);
        using var progress = new ProgressLine(terminal, 60, TimeSpan.Zero);
        var options = new DiffOptions([letter == "A" ? pipe : Packets, letter == "B" ? pipe : Packets], null, false, 10, null);
        Task comparing = Task.Run(() => DiffJob.RunAsync(options, TextWriter.Null, true, TextWriter.Null, default, progress));

        Await.Until(() => Written().Contains($"\r{letter}: opening the file · ", StringComparison.Ordinal));
        new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite).Dispose(); // without a lock that the reader's would be in the way of
        Assert.Contains("pipe.db is not a capture", (await Assert.ThrowsAsync<UserError>(() => comparing)).Message);

        string Written()
        {
            lock (terminal) return written.ToString();
        }
    }

    [Fact]
    public void Hostile_text_does_nothing_in_page_terminal_and_JSON()
    {
        foreach ((string name, string kernel) in new[] { ("a.db", "6.12.1"), ("b.db", "6.12.2" + Hostile) })
        {
            Write(_scratch.File(name), Whole with { HostName = Hostile, KernelRelease = kernel, Filter = "x" + Hostile }, [(0, EventAndStack(101, E1000))]);
            Change(_scratch.File(name), $"UPDATE reason SET name = '{Hostile.Replace("'", "''")}'; UPDATE symbol SET name = '{Hostile.Replace("'", "''")}' WHERE id = 3");
        }

        Comparison.Run(_scratch.File("a.db"), _scratch.File("b.db"), TextWriter.Null, json: true, Page);
        string page = File.ReadAllText(Page), text = Comparison.Text(_scratch.File("a.db"), _scratch.File("b.db"));
        foreach (string shown in (string[])[page, text])
        {
            Assert.DoesNotMatch(new Regex("[\u0000-\u0008\u000b-\u001f\u202e]"), shown);
        }

        Assert.DoesNotContain("<img", page);
        Assert.Single(Regex.Matches(page, "</style>"));
        Assert.Contains("&lt;img src=x&gt;", page);
        Assert.Contains("[red]x", text.Replace("\n", "").Replace(" ", ""));
    }

    [Fact]
    public void The_JSON_document_has_the_names_it_promises()
    {
        Comparison both = Comparison.Of(Packets, Drivers, 10);
        Assert.Equal(
            ["format", "version", "headline", "a", "b", "test", "threshold", "total", "tables", "limits", "increase", "files"],
            both.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["capture", "seconds", "drops", "missing_least", "missing_most", "completeness"], both.Json.GetProperty("a").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["reasons", "sites", "drivers", "interfaces", "directions", "services", "flows"], both.Json.GetProperty("tables").EnumerateArray().Select(t => t.GetProperty("id").GetString()));
        Assert.Equal(["id", "title", "rows", "why_not"], both.Table("reasons").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["name", "reason", "change", "a", "b", "ratio", "p", "in_bursts", "note"], both.Total.EnumerateObject().Select(p => p.Name));
        Assert.Equal(["drops", "per_second_least", "per_second_most", "rate"], both.Total.GetProperty("a").EnumerateObject().Select(p => p.Name));
        Assert.Equal(["above_percent", "found", "sentence", "of"], both.Increase.EnumerateObject().Select(p => p.Name));
        string page = File.ReadAllText(Repository.At("docs", "diff.md"));
        foreach (JsonProperty name in both.Json.EnumerateObject().Concat(both.Total.EnumerateObject()).Concat(both.Total.GetProperty("a").EnumerateObject()))
        {
            Assert.Contains($"`{name.Name}`", page);
        }
    }

    private void Run(string a, string b) => Comparison.Run(a, b, TextWriter.Null, json: true, Page);
}
