using System.Text.RegularExpressions;
using System.Xml.Linq;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests;

/// <summary>Rules that hold for the source as a whole; which room may use which is in <see cref="RoomsTests"/>.</summary>
public sealed partial class ArchitectureTests
{
    [Fact]
    public void The_two_executables_never_see_each_other()
    {
        AssertNowhere("src/DropForensics.Capture", @"\bDropForensics\.Analyze\b");
        AssertNowhere("src/DropForensics.Analyze", @"\bDropForensics\.Capture\b");
        AssertNowhere("src/DropForensics.Core", @"\bDropForensics\.(Capture|Analyze)\b");
        Assert.Equal(["DropForensics.Core"], ProjectReferences("Capture"));
        Assert.Equal(["DropForensics.Core"], ProjectReferences("Analyze"));
        Assert.Empty(ProjectReferences("Core"));
    }

    // A package of DuckDB weighs several times what `analyze` does; what knows Parquet is read by who knows the lake.
    [Fact]
    public void DuckDB_is_a_program_of_its_own_and_Parquet_is_known_to_the_lake_only()
    {
        Assert.Empty(ProjectReferences("Lake"));
        AssertNowhere(["src/DropForensics.Core", "src/DropForensics.Capture", "src/DropForensics.Analyze"], @"\bDuckDB\.NET\b");
        string[] files = [.. Sources("src").Where(file => Mentions(file, @"\busing Parquet\b"))];
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Contains("/DropForensics.Analyze/Lake/", file));
    }

    [Fact]
    public void The_command_line_library_is_known_to_command_files_only()
    {
        foreach (var file in Sources("src").Where(file => Mentions(file, @"\bSystem\.CommandLine\b")))
        {
            Assert.Contains("/Commands/", file);
        }
    }

    [Fact]
    public void Dapper_is_used_in_the_analyzer_only() => AssertNowhere(["src/DropForensics.Core", "src/DropForensics.Capture"], @"\bDapper\b");

    [Fact]
    public void Only_schema_sql_defines_tables_beside_the_views_of_the_lake_and_of_a_selection()
    {
        string[] files = [.. Sources("src").Where(file => Mentions(file, @"\b(CREATE|ALTER|DROP)\s+(TEMP\s+|TEMPORARY\s+)?(TABLE|VIEW|INDEX|TRIGGER)\b")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

        // A selection hides the other drops behind a temporary view.
        Assert.Equal(["DropSelection.cs", "LakeViews.cs"], files);
    }

    // The raw text is the same in every version, and verify looks at the file as it is; an import looks at what it just wrote.
    [Fact]
    public void Captures_of_every_version_are_opened_but_where_the_file_itself_is_meant()
    {
        string[] files = [.. Sources("src/DropForensics.Analyze").Where(file => Mentions(file, @"\bCaptureReader\.Open\b")).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

        Assert.Equal(["ImportJob.cs", "RawExport.cs", "VerifyJob.cs"], files);
    }

    [Fact]
    public void Drawing_stays_in_the_charts_room()
    {
        var drawing = Sources("src").Where(file => Mentions(file, @"\b(Surface|Sketch|TextFit|Mark\.(Rectangle|Hatch|Line|Text))\b")).ToArray();

        Assert.Contains(drawing, file => file.EndsWith("/Charts/TimelineChart.cs", StringComparison.Ordinal));   // the words are those it uses
        Assert.All(drawing, file => Assert.Contains("/DropForensics.Analyze/Charts/", file));
    }

    // What a page alone uses must not load the native code below them.
    [Fact]
    public void ScottPlot_Skia_and_HarfBuzz_are_known_to_the_pictures_room_only()
    {
        string[] files = [.. Sources("src").Where(file => Mentions(file, @"\b(ScottPlot|SkiaSharp|HarfBuzzSharp)\b"))];

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Contains("/DropForensics.Analyze/Charts/Pictures/", file));
    }

    [Fact]
    public void Host_paths_hang_off_the_injected_root()
    {
        foreach (var file in Sources("src/DropForensics.Capture").Concat(Sources("src/DropForensics.Core")))
        {
            var text = Code(file);
            foreach (Match match in HostPathCall().Matches(text))
            {
                Assert.Fail($"{file}: {match.Value} opens a host path past HostRoot");
            }
        }
    }

    // CA1416 does the rest: no call of it compiles in what runs on every system, but behind a question which system this is.
    [Fact]
    public void A_function_of_libc_that_the_analyzer_may_reach_says_which_systems_have_it()
    {
        string[] imports = [.. Sources("src/DropForensics.Core").Concat(Sources("src/DropForensics.Analyze"))
            .SelectMany(file => Import().Matches(Code(file)).Select(import => import.Value))];

        Assert.NotEmpty(imports);
        Assert.All(imports, import => Assert.True(import.Contains("\"e_sqlite3\"", StringComparison.Ordinal) || import.Contains("OSPlatform(", StringComparison.Ordinal), import));
        Assert.Contains("dotnet_diagnostic.CA1416.severity = error", File.ReadAllText(Repository.At(".editorconfig")));
    }

    [GeneratedRegex(@"(\[\w+OSPlatform\(""\w+""\)\]\s*)*\[(Library|Dll)Import\([^]]*\]")]
    private static partial Regex Import();

    [GeneratedRegex(@"\b((File|Directory|Libc)\.\w+|new [\w.]*(FileStream|FileInfo|DirectoryInfo|StreamReader))\(\s*\$?""/(proc|sys|dev|run)\b")]
    private static partial Regex HostPathCall();

    private static IEnumerable<string> ProjectReferences(string project) =>
        XDocument.Load(Repository.At("src", $"DropForensics.{project}", $"DropForensics.{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(((string?)reference.Attribute("Include") ?? "").Replace('\\', '/')));

    private static void AssertNowhere(string directory, string pattern) => AssertNowhere([directory], pattern);

    private static void AssertNowhere(string[] directories, string pattern)
    {
        var files = directories.SelectMany(Sources).ToArray();
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Assert.False(Mentions(file, pattern), $"{file} mentions {Regex.Match(Code(file), pattern)}");
        }
    }

    private static bool Mentions(string file, string pattern) => Regex.IsMatch(Code(file), pattern);

    /// <summary>The file without its comments.</summary>
    private static string Code(string file) => Regex.Replace(File.ReadAllText(file), @"//[^\n]*|@\*.*?\*@", "");

    private static IEnumerable<string> Sources(string directory) =>
        Directory.EnumerateFiles(Repository.At(directory), "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));
}
