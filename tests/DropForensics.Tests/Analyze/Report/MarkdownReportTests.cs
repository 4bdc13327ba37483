using System.Text.RegularExpressions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
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
        string text = Markdown(MadeCapture.Read(file));
        string outside = CodeSpan().Replace(text, "");
        Assert.DoesNotMatch(@"(?<!\\)[<](?!/?sub>)", outside);
        Assert.DoesNotMatch(@"[@#](?=\w)|://", outside);
        Assert.All(text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)), row => Assert.Equal(5, UnescapedBar().Count(row)));
    }

    private static string Markdown(ReportModel report, params string[] written)
    {
        var output = new StringWriter();
        MarkdownReport.Write(report, written, output);
        return output.ToString();
    }

    private static string Plain(string text) => text.Replace("`", "", StringComparison.Ordinal).Replace("\\", "", StringComparison.Ordinal);

    [GeneratedRegex("(`+)(?!`).*?(?<!`)\\1(?!`)", RegexOptions.Singleline)]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"(?<!\\)\|")]
    private static partial Regex UnescapedBar();
}
