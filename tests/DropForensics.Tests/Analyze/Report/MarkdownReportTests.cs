using System.Text.RegularExpressions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Sections;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Report;

/// <summary>The comment for a ticket: the same answer as everywhere, and nothing of a capture becomes markup.</summary>
public sealed partial class MarkdownReportTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public static TheoryData<string> Captures => ["packets.db", "example.db", "e1000.db", "scenarios/mixed-scan.db"];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Captures))]
    public void It_leads_with_the_headline_and_has_the_next_command_the_other_causes_and_the_file(string name)
    {
        ReportModel report = MadeCapture.Read(Repository.At("fixtures", "captures", name));
        string text = Markdown(report);
        Assert.Equal(Plain(report.Verdict.Headline), Plain(text.Split('\n')[0]["### ".Length..]));
        Assert.Contains($"\n```sh\n{report.Next!.Command}\n```\n", text, StringComparison.Ordinal); // each of these has one
        Assert.All(report.OtherCauses, other => Assert.Contains(Plain(other.Title), Plain(text), StringComparison.Ordinal));
        Assert.Contains(report.Facts.Capture.Sha256, text, StringComparison.Ordinal);
        Assert.Contains(Units.Count(report.Facts.Sites[0].Drops), text, StringComparison.Ordinal);
    }

    [Fact]
    public void Pictures_are_named_where_they_were_drawn()
    {
        ReportModel report = MadeCapture.Read(Repository.At("fixtures", "captures", "packets.db"));
        Assert.Contains("![summary](summary.png)", Markdown(report, "/tmp/report/report.html", "/tmp/report/summary.png", "/tmp/report/heatmap.png"), StringComparison.Ordinal);
        Assert.DoesNotContain("![", Markdown(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_a_capture_are_neither_markup_nor_mentions()
    {
        string file = _scratch.File("a`b@team.db");
        MadeCapture.Write(
            file, MadeCapture.Whole with { HostName = "``@admin|<img src=x>", KernelRelease = "[6.12](javascript:1)" },
            [(null, MadeCapture.Event(101, reason: "X|@all<b>*_`@octocat https://evil.example/`")), (null, MadeCapture.EventAndStack(102, " => kfree_skb+0x1/0x2\n => evil|fn_`x`+0x10/0x20\n"))]);
        string text = Markdown(MadeCapture.Read(file)), document = MarkdownDocument.Of(MadeCapture.Read(file), []);
        document = CodeSpan().Replace(document[document.IndexOf('\n')..], ""); // its first line is the mark of its maker
        Assert.DoesNotMatch(@"(?<!\\)[<](?!/?(sub|details|summary)>)", document);
        Assert.DoesNotMatch(@"[@#](?=\w)|(?<!https):(?=//)", document);
        string outside = CodeSpan().Replace(text, "");
        Assert.DoesNotMatch(@"(?<!\\)[<](?!/?sub>)", outside);
        Assert.DoesNotMatch(@"[@#](?=\w)|://", outside);
        Assert.All(text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)), row => Assert.Equal(5, UnescapedBar().Count(row)));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void The_whole_report_as_a_file_has_every_section_and_is_no_longer_than_an_issue(string name)
    {
        ReportModel report = MadeCapture.Read(Repository.At("fixtures", "captures", name));
        string text = MarkdownDocument.Of(report, ["summary.png", "timeline.png", "flamegraph.png"]);
        Assert.InRange(text.Length, 1000, MarkdownDocument.MostCharacters);
        Assert.All(ReportSections.Of(report).Where(section => section.Parts.Count > 0), section => Assert.Contains($"\n## {MarkdownText.Escaped(section.Title)}\n", text, StringComparison.Ordinal));
        Assert.All(report.Findings.Take(3), finding => Assert.Contains(Plain(finding.Title), Plain(text), StringComparison.Ordinal));
        Assert.Equal(Opened().Count(text), Closed().Count(text));
        Assert.Contains("![timeline](timeline.png)", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_report_that_is_longer_than_an_issue_rows_and_then_sections_are_left_out_and_counted()
    {
        var table = new ReportTable("Rows.", [new("Name")], [.. Enumerable.Range(0, 200).Select(i => new Row(new TextCell($"{i} {new string('x', 2000)}")))]);
        Section[] sections = [.. Enumerable.Range(0, 20).Select(i => new Section($"s{i}", $"Section {i}") { Parts = [table] })];
        string text = MarkdownDocument.Of("1", "Answer.", ["More."], sections, [], "end");
        Assert.InRange(text.Length, 40_000, MarkdownDocument.MostCharacters);
        Assert.Contains("and 197 more.", text, StringComparison.Ordinal);
        Assert.Matches("[0-9]+ more sections would be too long", text);
    }

    private static string Markdown(ReportModel report, params string[] written)
    {
        var output = new StringWriter();
        MarkdownReport.Write(report, written, output);
        return output.ToString();
    }

    private static string Plain(string text) => text.Replace("`", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal);

    [GeneratedRegex("<details>")]
    private static partial Regex Opened();

    [GeneratedRegex("</details>")]
    private static partial Regex Closed();

    [GeneratedRegex("(?<![\\\\`])(`+)(?!`).*?(?<!`)\\1(?!`)", RegexOptions.Singleline)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex UnescapedBar();
}
