using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Html;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Terminal;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Findings;

/// <summary>Known faults made on a live kernel (tests/scenarios/record), each with the finding that its report must lead with.</summary>
public sealed partial class ScenarioTests
{
    private static readonly string Folder = Repository.At("fixtures", "captures", "scenarios");

    public static TheoryData<string, string, string, string, string> Scenarios
    {
        get
        {
            var data = new TheoryData<string, string, string, string, string>();
            foreach (string[] row in Labels()) data.Add(row[0], row[1], row[2], row[3], row[4]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_capture_leads_with_its_fault(string name, string lead, string severity, string also, string says)
    {
        ReportModel model = MadeCapture.Read(Path.Combine(Folder, name + ".db"));
        IReadOnlyList<Finding> findings = model.Findings;
        Assert.True(findings.Count > 0, "no finding at all");
        Assert.Equal((lead, severity), (findings[0].Id, findings[0].Severity.ToString().ToLowerInvariant()));
        foreach (string id in also.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(findings.Take(3), f => f.Id == id);
        foreach (string part in says.Split('|', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(part, Prose.Plain(model.Verdict.Headline));
    }

    public static TheoryData<string, string, string?> Evidence
    {
        get
        {
            var data = new TheoryData<string, string, string?>();
            foreach (string[] row in Rows("evidence.tsv")) data.Add(row[0], row[1], row.ElementAtOrDefault(2));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Evidence))]
    public void The_state_of_the_host_explains_the_fault(string name, string part, string? finding)
    {
        IReadOnlyList<Finding> findings = MadeCapture.Read(Path.Combine(Folder, name + ".db")).Findings;
        Assert.Contains((finding is null ? findings[0] : findings.Single(f => f.Id == finding)).Evidence.Select(EvidenceWords.Of), sentence => sentence.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_sentence_is_the_top_finding_wherever_it_is_read()
    {
        foreach (string[] label in Labels())
        {
            ReportModel model = MadeCapture.Read(Path.Combine(Folder, label[0] + ".db"));
            string title = Prose.Plain(model.Findings[0].Title);

            using var terminal = new StringWriter();
            TerminalReport.Write(model, 10, terminal, plain: true, width: 1000);
            Assert.Equal(title, terminal.ToString().Split('\n')[0]);

            string page = WebUtility.HtmlDecode(await HtmlReport.RenderAsync(model));
            string heading = Tags().Replace(H1().Match(page).Groups[1].Value, "");
            Assert.Equal(title, heading.Replace($": {SeverityWord.Of(model.Findings[0].Severity)} · ", ": ", StringComparison.Ordinal), ignoreCase: true);

            // A window that was cut short is said without a click.
            string summary = Tags().Replace(page[page.IndexOf("<summary>", StringComparison.Ordinal)..page.IndexOf("</summary>", StringComparison.Ordinal)], "");
            Assert.Equal(model.EndedEarly is not null && model.Verdict.Completeness.Word == "complete", summary.Contains("The window ended early", StringComparison.Ordinal));

            SummaryData picture = ReportCharts.SummaryOf(model);
            Assert.Equal(title, picture.Extent is { } extent ? $"{picture.Headline}: {extent.Text}" : picture.Headline, ignoreCase: true);

            using var json = new StringWriter();
            JsonReport.Write(model, [], json);
            using JsonDocument document = JsonDocument.Parse(json.ToString());
            Assert.Equal(title, document.RootElement.GetProperty("verdict").GetProperty("headline").GetString());
            JsonElement[] findings = [.. document.RootElement.GetProperty("findings").EnumerateArray()];
            Assert.Equal(title, findings[0].GetProperty("title").GetString());

            // Evidence is one thing: its words on the page, its words and its numbers in JSON.
            string words = Tags().Replace(page, "");
            foreach ((Finding finding, JsonElement written) in model.Findings.Zip(findings))
            {
                JsonElement[] sentences = [.. written.GetProperty("evidence").EnumerateArray()], data = [.. written.GetProperty("evidence_data").EnumerateArray()];
                Assert.Equal((finding.Evidence.Count, finding.Evidence.Count), (sentences.Length, data.Length));
                Assert.All(sentences, sentence => Assert.Contains(sentence.GetString()!, words, StringComparison.Ordinal)); // each is a sentence
                Assert.All(sentences.Zip(data), each => Assert.All(
                    each.Second.EnumerateObject().Where(field => field.Name is "drops" or "others" or "ports" or "counted" or "times_the_rest" && field.Value.ValueKind == JsonValueKind.Number),
                    field => Assert.Contains(Units.Count(field.Value.GetInt64()), each.First.GetString(), StringComparison.Ordinal)));
            }
        }
    }

    [Fact]
    public void When_and_where_never_stand_before_why_and_nothing_harmless_before_a_loss()
    {
        foreach (string[] label in Labels())
        {
            IReadOnlyList<Finding> findings = MadeCapture.Read(Path.Combine(Folder, label[0] + ".db")).Findings;
            Assert.Equal(findings.Select(f => f.Rank).Order(), findings.Select(f => f.Rank));
            Assert.All(findings.SkipWhile(f => f.Severity != Severity.Harmless), f => Assert.Equal(Severity.Harmless, f.Severity));
        }
    }

    [Fact]
    public void Nothing_of_a_benign_capture_is_called_harmful()
    {
        string[] benign = Labels().Where(l => l[2] == "harmless").Select(l => l[0]).ToArray();
        Assert.True(benign.Length >= 5);
        Assert.All(benign, name => Assert.DoesNotContain(
            MadeCapture.Read(Path.Combine(Folder, name + ".db")).Findings, f => f.Severity == Severity.Harmful && f.Drops > 2));
    }

    [Fact]
    public void What_resembles_a_fault_and_is_none_never_leads_as_harmful()
    {
        string[][] labels = [.. Labels()];
        string[][] twins = [.. labels.Where(l => l[5].Length > 0)];
        Assert.True(twins.Length >= 15);
        Assert.All(twins, twin =>
        {
            string[] fault = Assert.Single(labels, l => l[0] == twin[5]);
            IReadOnlyList<Finding> findings = MadeCapture.Read(Path.Combine(Folder, twin[0] + ".db")).Findings;
            Assert.DoesNotContain(findings, f => f.Severity == Severity.Harmful && f.Drops > 2);
            Assert.DoesNotContain(findings, f => fault[3].Split(' ').Except(twin[3].Split(' ')).Contains(f.Id));
        });
    }

    [Fact]
    public void Every_capture_has_a_label_and_is_small()
    {
        string[] files = Directory.GetFiles(Folder, "*.db");
        Assert.Equal(Labels().Select(l => l[0]).Order(StringComparer.Ordinal), files.Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
        Assert.True(files.Length >= 25);
        Assert.All(files, file => Assert.True(new FileInfo(file).Length < 150 * 1024, file));
    }

    private static IEnumerable<string[]> Labels() => Rows("scenarios.tsv");

    private static IEnumerable<string[]> Rows(string table) => File.ReadLines(Repository.At("tests", "scenarios", table))
        .Where(l => l.Length > 0 && l[0] != '#').Skip(1).Select(l => l.Split('\t'));

    [GeneratedRegex("<h1[^>]*>(.*?)</h1>", RegexOptions.Singleline)]
    private static partial Regex H1();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();
}
