using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Findings;

/// <summary>Known faults made on a live kernel (tests/scenarios/record), each with the finding that its report must lead with.</summary>
public sealed class ScenarioTests
{
    private static readonly string Folder = Repository.At("fixtures", "captures", "scenarios");

    public static TheoryData<string, string, string, string> Scenarios
    {
        get
        {
            var data = new TheoryData<string, string, string, string>();
            foreach (string[] row in Labels()) data.Add(row[0], row[1], row[2], row[3]);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_capture_leads_with_its_fault(string name, string lead, string severity, string also)
    {
        IReadOnlyList<Finding> findings = MadeCapture.Read(Path.Combine(Folder, name + ".db")).Findings;
        Assert.True(findings.Count > 0, "no finding at all");
        Assert.Equal((lead, severity), (findings[0].Id, findings[0].Severity.ToString().ToLowerInvariant()));
        foreach (string id in also.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Assert.Contains(findings.Take(3), f => f.Id == id);
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
    public void Every_capture_has_a_label_and_is_small()
    {
        string[] files = Directory.GetFiles(Folder, "*.db");
        Assert.Equal(Labels().Select(l => l[0]).Order(StringComparer.Ordinal), files.Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));
        Assert.True(files.Length >= 25);
        Assert.All(files, file => Assert.True(new FileInfo(file).Length < 100 * 1024, file));
    }

    private static IEnumerable<string[]> Labels() => File.ReadLines(Repository.At("tests", "scenarios", "scenarios.tsv"))
        .Where(l => l.Length > 0 && l[0] != '#').Skip(1).Select(l => l.Split('\t'));
}
