using System.Text.Json;
using DropForensics.Analyze.Export;
using DropForensics.Analyze.Replay;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Export;

public sealed class JsonExportTests
{
    private static readonly JsonSchema Schema = new(File.ReadAllText(Repository.At("docs", "drops.schema.json")));

    public static TheoryData<string> Captures =>
        [.. Directory.EnumerateFiles(Repository.At("fixtures", "captures"), "*.db", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Repository.Root, path))];

    [Theory]
    [MemberData(nameof(Captures))]
    public void Every_line_is_as_the_schema_says_and_the_schema_names_all_that_is_there(string capture)
    {
        foreach (bool stacks in new[] { false, true })
        {
            string[] lines = Exported.Text(Repository.At(capture), ExportFormat.Json, stacks).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            foreach (string line in lines.Distinct())
            {
                Assert.Empty(Schema.Faults(line));
                Assert.Equal(Schema.Properties.Where(name => stacks || name != "stack"), JsonDocument.Parse(line).RootElement.EnumerateObject().Select(p => p.Name));
            }
        }
    }

    [Fact]
    public void It_is_what_replay_prints()
    {
        string capture = Repository.At("fixtures", "captures", "packets.db");
        foreach (bool stacks in new[] { false, true })
        {
            using var replayed = new MemoryStream();
            ReplayJob.Run(new ReplayOptions(capture, Json: true, stacks), null, replayed, CancellationToken.None);
            Assert.Equal(replayed.ToArray(), Exported.Bytes(capture, ExportFormat.Json, stacks).Bytes);
        }
    }

    [Theory]
    [InlineData("\"cpu\":0", "\"cpu\":-1")]
    [InlineData("\"pid\":", "\"pid\":\"x\",\"was\":")]
    [InlineData("\"comm\":", "\"come\":")]
    [InlineData("\"driver_rule\":\"interface\"", "\"driver_rule\":\"guess\"")]
    [InlineData("Z\",\"t_ns\"", "\",\"t_ns\"")]
    public void The_check_finds_what_is_wrong(string right, string wrong)
    {
        string line = Exported.Text(Repository.At("fixtures", "captures", "packets.db"), ExportFormat.Json).Split('\n').First(l => l.Contains(right));
        Assert.NotEmpty(Schema.Faults(line.Replace(right, wrong)));
    }
}
