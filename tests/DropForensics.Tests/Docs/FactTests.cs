using System.Text.RegularExpressions;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Core;
using DropForensics.Core.Attribution;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Docs;

/// <summary>Names and numbers in the pages are those of the programs and of their data.</summary>
public sealed partial class FactTests
{
    private static readonly string Example = Repository.At("fixtures", "captures", "example.db");

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/capture.md")]
    [InlineData("docs/analyze.md")]
    public void A_page_that_explains_exit_codes_has_all_of_them(string path) =>
        Assert.Equal(Enum.GetValues<ExitCode>().Select(code => $"**{(int)code}**"), ExitCodeInText().Matches(File.ReadAllText(Repository.At(path))).Select(code => code.Value));

    [Theory]
    [InlineData("drops")]
    [InlineData("frames")]
    [InlineData("lost")]
    public void The_columns_of_a_view_are_those_of_its_table_in_order(string view)
    {
        string section = Section("docs/file-format.md", $"The view `{view}`");

        Assert.Equal(
            Db.Rows<string>(Example, $"select name from pragma_table_info('{view}') order by cid"),
            TableRow().Matches(section).SelectMany(row => Names().Matches(row.Groups["cell"].Value)).Select(name => name.Groups["name"].Value));
    }

    [Fact]
    public void Every_table_of_the_file_is_described()
    {
        string[] rows = [.. DocPage.Read("docs/file-format.md").RowNames.SelectMany(names => names.Split(", "))];

        Assert.All(Db.Rows<string>(Example, "select name from sqlite_schema where type = 'table' and name not like 'sqlite%'"), table => Assert.Contains(table, rows));
        Assert.Contains($"schema version {CaptureFile.Version}", File.ReadAllText(Repository.At("docs", "file-format.md")));
    }

    [Fact]
    public void Every_cause_of_a_finding_is_listed()
    {
        string[] listed = [.. DocPage.Read("docs/findings.md").Code];

        Assert.All(Topic.All.Keys, topic => Assert.Contains(topic, listed));
        Assert.All(Enum.GetValues<Severity>(), severity => Assert.Contains(SeverityWord.Of(severity), listed));
    }

    [Fact]
    public void Every_finding_that_is_listed_can_be_made()
    {
        string sources = string.Concat(Directory.EnumerateFiles(Repository.At("src", "DropForensics.Analyze", "Findings"), "*.cs").Select(File.ReadAllText));
        string[] listed = [.. Section("docs/findings.md", "All findings").Split('`').Where((_, at) => at % 2 == 1)];

        Assert.True(listed.Length > Topic.All.Count);
        Assert.All(listed, id => Assert.Matches($"\"{id}[\"{{]", sources));
    }

    [Fact]
    public void The_number_of_known_faults_is_that_of_the_captures()
    {
        int captures = Directory.GetFiles(Repository.At("fixtures", "captures", "scenarios"), "*.db").Length;

        Assert.Contains($"{captures} captures", File.ReadAllText(Repository.At("docs", "findings.md")));
    }

    [Fact]
    public void Verdicts_stages_and_rules_are_explained_by_their_names()
    {
        IReadOnlyList<string> rows = DocPage.Read("docs/how-sure.md").RowNames;

        string[] names =
        [
            Completeness.Complete, Completeness.Incomplete, Completeness.Unproven,
            Stages.BeforeTheStack, Stages.Ring, Stages.Reader, Stages.Unparsed, Stages.File, Stages.Window, Stages.Unexplained,
            DriverRule.Module, DriverRule.Interface, DriverRule.Symbol, DriverRule.Backlog, "stack", "location", "caller",
        ];
        Assert.All(names, name => Assert.Contains(name, rows));
    }

    [Fact]
    public void Every_folder_that_the_map_names_is_there()
    {
        string map = File.ReadAllText(Repository.At("docs", "contributing.md"));
        string[] folders = [.. FolderName().Matches(map).Select(folder => folder.Groups["path"].Value).Distinct()];

        Assert.True(folders.Length > 30, "the map names too few folders");
        Assert.All(folders, folder => Assert.True(
            Directory.Exists(Repository.At("src", $"DropForensics.{folder}")), $"contributing.md names {folder}, and there is no src/DropForensics.{folder}"));
    }

    [Fact]
    public void The_changelog_has_the_version_that_is_built() =>
        Assert.Contains($"## [{VersionOfBuild().Match(File.ReadAllText(Repository.At("Directory.Build.props"))).Groups["version"].Value}]", File.ReadAllText(Repository.At("CHANGELOG.md")));

    private static string Section(string path, string title)
    {
        string text = File.ReadAllText(Repository.At(path));
        int begin = text.IndexOf($"# {title}\n", StringComparison.Ordinal);
        Assert.True(begin >= 0, $"{path} has no section {title}");
        int end = text.IndexOf("\n#", begin + title.Length, StringComparison.Ordinal);
        return end < 0 ? text[begin..] : text[begin..end];
    }

    [GeneratedRegex(@"\*\*[0-9]\*\*")]
    private static partial Regex ExitCodeInText();

    [GeneratedRegex(@"^\| (?<cell>`[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex("`(?<name>[a-z_]+)`")]
    private static partial Regex Names();

    // As in Core/Tracefs, in the picture and in the tables.
    [GeneratedRegex(@"(?<![\w/.])(?<path>(Core|Capture|Analyze)(/[A-Z]\w+)+)\b(?!\.)")]
    private static partial Regex FolderName();

    [GeneratedRegex("<Version>(?<version>[^<]+)</Version>")]
    private static partial Regex VersionOfBuild();
}
