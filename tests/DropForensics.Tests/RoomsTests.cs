using System.Text.RegularExpressions;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests;

/// <summary>
/// Which room of the source may use which. A room is a folder; those below it belong to it, unless they are named here. What is missing in a list, or is
/// listed and not used, fails: docs/contributing.md shows the same picture.
/// </summary>
public sealed partial class RoomsTests
{
    private static readonly Dictionary<string, string> Analyze = new()
    {
        [""] = "Commands Display",
        ["Analysis"] = "Counters Dimensions Display Facts HostState Pass Queries",
        ["Charts"] = "Display",
        ["Collect"] = "Display Import Output Verify",
        ["Commands"] = "Collect Diff Display Explain Export Fleet Follow Import Lake Output Redact Replay Report Verify",
        ["Counters"] = "Display Knowledge",
        ["Diff"] = "Charts Counters Dimensions Display Facts Html Knowledge Model Output Queries Report Sections Terminal",
        ["Dimensions"] = "Facts",
        ["Display"] = "",
        ["Explain"] = "Display Knowledge",
        ["Export"] = "Analysis Display Facts Findings HostState Lake Output Queries Replay Selection Verify",
        ["Facts"] = "Counters Display HostState",
        ["Findings"] = "Analysis Counters Dimensions Display Facts HostState Knowledge",
        ["Fleet"] = "Charts Diff Dimensions Display Facts Findings Html Knowledge Model Output Queries Report Sections Selection Terminal",
        ["Follow"] = "Display Facts Output Queries Replay Selection Verify",
        ["HostState"] = "Display",
        ["Html"] = "Charts Counters Dimensions Display Facts Findings Knowledge Model Sections",
        ["Import"] = "Display Facts Model Output Queries",
        ["Knowledge"] = "",
        ["Lake"] = "Analysis Counters Display Facts Output Queries Verify",
        ["Model"] = "Charts Counters Dimensions Display Facts Findings Knowledge",
        ["Output"] = "",
        ["Pass"] = "Dimensions Display Facts HostState Queries",
        ["Queries"] = "Counters Display Facts",
        ["Redact"] = "Display Facts Output Queries Verify",
        ["Replay"] = "Display Facts Output Queries Selection Verify",
        ["Report"] = "Analysis Charts Display Facts Findings Follow Html Knowledge Model Output Queries Sections Selection Source Terminal Verify",
        ["Sections"] = "Charts Counters Dimensions Display Facts Findings HostState Model",
        ["Selection"] = "Display Facts Queries",
        ["Source"] = "Display Facts",
        ["Terminal"] = "Counters Display Facts Findings Knowledge Model Sections",
        ["Verify"] = "Display Queries",
    };

    private static readonly Dictionary<string, string> Capture = new()
    {
        [""] = "Commands Host",
        ["Background"] = "Host",
        ["Commands"] = "Background Doctor Guard Host Kernel Metrics Probes Recording Scripts Session",
        ["Doctor"] = "Host Kernel Network Probes Recording",
        ["Guard"] = "Host Kernel Metrics",
        ["Host"] = "",
        ["Kernel"] = "Host",
        ["Metrics"] = "Host Kernel Probes",
        ["Network"] = "Host",
        ["Probes"] = "Host Kernel",
        ["Recording"] = "Background Host Kernel Metrics Network Probes State",
        ["Rules"] = "Host Network",
        ["Scripts"] = "Host Kernel Probes",
        ["Session"] = "Background Guard Host Kernel Metrics Network Probes Recording Scripts State",
        ["State"] = "Host Network Rules",
    };

    private static readonly Dictionary<string, string> Core = new()
    {
        [""] = "",
        ["Attribution"] = "Model",
        ["Btf"] = "",
        ["Commands"] = "",
        ["Decoding"] = "Events Filters Lines Model Packets Text Tracefs",
        ["Events"] = "Lines Model Packets Text",
        ["Filters"] = "Model Packets Text",
        ["Ledger"] = "Procfs Store Tracefs",
        ["Lines"] = "Text",
        ["Masking"] = "Events Lines Packets Text",
        ["Model"] = "",
        ["Packets"] = "Model",
        ["Perf"] = "Decoding Events Lines Model Text Tracefs",
        ["Procfs"] = "",
        ["Recording"] = "Attribution Decoding Events Filters Lines Masking Model Perf Procfs Store Text Tracefs",
        ["RingPages"] = "Lines Text",
        ["Store"] = "Model",
        ["Text"] = "",
        ["Tracefs"] = "Btf Model Text",
        ["Upgrade"] = "Attribution Decoding Ledger Model Procfs Recording Store Tracefs",
    };

    [Theory]
    [InlineData("Analyze")]
    [InlineData("Capture")]
    [InlineData("Core")]
    public void A_room_uses_the_rooms_it_is_listed_with_and_no_other(string project)
    {
        Dictionary<string, string> listed = Rooms(project);
        Dictionary<string, SortedSet<string>> used = UsedBy(project);
        Assert.Equal(listed.Keys.Order(StringComparer.Ordinal), used.Keys.Order(StringComparer.Ordinal));
        Assert.All(used, room => Assert.True(
            room.Value.SetEquals(Uses(listed[room.Key])), $"{project}/{room.Key} uses: {string.Join(' ', room.Value)}"));
    }

    [Theory]
    [InlineData("Analyze")]
    [InlineData("Capture")]
    [InlineData("Core")]
    public void Rooms_use_each_other_one_way(string project)
    {
        Dictionary<string, string> left = new(Rooms(project));
        while (left.FirstOrDefault(room => !Uses(room.Value).Any(left.ContainsKey)) is { Key: { } lowest })
        {
            left.Remove(lowest);
        }

        Assert.True(left.Count == 0, $"these rooms of {project} use each other in a circle, or stand above one: {string.Join(", ", left.Keys)}");
    }

    private static string[] Uses(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, string> Rooms(string project) => project switch { "Core" => Core, "Capture" => Capture, _ => Analyze };

    private static Dictionary<string, SortedSet<string>> UsedBy(string project)
    {
        string root = Repository.At("src", $"DropForensics.{project}");
        ILookup<string, string> files = Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal))
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal))
            .ToLookup(file => Path.GetRelativePath(root, file) is var path && path.Contains('/', StringComparison.Ordinal) ? path.Split('/')[0] : "");
        HashSet<string> rooms = [.. files.Select(room => room.Key)];
        return files.ToDictionary(room => room.Key, room => new SortedSet<string>(
            room.SelectMany(file => Mentioned(File.ReadAllText(file), project)).Where(other => other != room.Key && rooms.Contains(other)), StringComparer.Ordinal));
    }

    /// <summary>Rooms by <c>using DropForensics.Core.Store;</c>, and by names such as <c>Display.Units.Count</c>.</summary>
    private static IEnumerable<string> Mentioned(string text, string project)
    {
        string code = CommentOrText().Replace(text, "");
        return Regex.Matches(code, $@"\bDropForensics\.{project}\.(\w+)").Concat(Qualified().Matches(code)).Select(match => match.Groups[1].Value);
    }

    [GeneratedRegex(@"//[^\n]*|@\*.*?\*@|""(\\.|[^""\\\n])*""", RegexOptions.Singleline)]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"(?<![\w.""])([A-Z]\w+)\.[A-Z]\w+[.(]")]
    private static partial Regex Qualified();
}
