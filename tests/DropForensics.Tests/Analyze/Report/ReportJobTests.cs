using System.Security.Cryptography;
using System.Text.Json;
using DropForensics.Analyze.Report;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Report;

public sealed class ReportJobTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly StringWriter _output = new(), _notes = new();

    private string Path => _scratch.File("c.db");

    private string Folder => _scratch.File("report");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_report_is_a_page_its_pictures_and_a_summary_and_the_capture_stays_as_it_was()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000))], (writer, _) => AddCounters(writer));
        byte[] before = File.ReadAllBytes(Path);
        Assert.Equal(ExitCode.Done, await Run());

        Assert.Equal(["drivers.png", "flamegraph.png", "heatmap.png", "reasons.png", "report.html", "summary.png", "timeline.png"], Files());
        Assert.Equal("No socket takes these packets: 1 packet, 100 % of all.", _output.ToString().Split('\n')[0].TrimEnd());
        Assert.Equal(7, _notes.ToString().Split("wrote ").Length - 1);
        Assert.Equal(before, File.ReadAllBytes(Path));
        Assert.Equal(["c.db", "report"], _scratch.Names);
    }

    [Fact]
    public async Task The_summary_picture_is_1600_by_900()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000))]);
        await Run(html: false);
        byte[] png = File.ReadAllBytes(System.IO.Path.Combine(Folder, "summary.png"));
        Assert.Equal([0, 0, 1600 >> 8, 1600 & 255, 0, 0, 900 >> 8, 900 & 255], png[16..24]);
    }

    [Fact]
    public async Task A_capture_of_the_schema_before_says_what_to_do_and_is_not_called_damaged()
    {
        Write(Path, Whole, [(0, Event(101))]);
        Change(Path, "PRAGMA user_version = 1; DROP VIEW drops; ALTER TABLE drop_event DROP COLUMN length");
        UserError error = await Assert.ThrowsAsync<UserError>(() => Run());
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains("earlier version", error.Message);
        Assert.Contains("Capture again", error.Remedy);
        Assert.Equal(["c.db"], _scratch.Names);
    }

    [Fact]
    public async Task Missing_data_is_exit_code_4()
    {
        Write(Path, Whole, [(0, Event(101) + "CPU:0 [LOST 7 EVENTS]\n")]);
        Assert.Equal(ExitCode.Incomplete, await Run(html: false, png: false));
        Assert.Equal(["c.db"], _scratch.Names);
    }

    [Fact]
    public async Task A_capture_whose_agent_died_and_one_of_nothing_are_reported_too()
    {
        Write(Path, Whole with { ClosedNs = null, Ended = null }, []);
        Assert.Equal(ExitCode.Incomplete, await Run());
        Assert.Equal(7, Files().Length);
    }

    [Fact]
    public async Task A_report_that_fails_leaves_the_old_one_alone_and_nothing_half_done()
    {
        Write(Path, Whole, [(0, Event(101))]);
        await Run(png: false);
        byte[] old = File.ReadAllBytes(System.IO.Path.Combine(Folder, "report.html"));
        Change(Path, "PRAGMA foreign_keys = 0; DELETE FROM site");
        await Assert.ThrowsAsync<UserError>(() => Run());
        Assert.Equal(["report.html"], Files());
        Assert.Equal(old, File.ReadAllBytes(System.IO.Path.Combine(Folder, "report.html")));
    }

    [Fact]
    public async Task A_report_replaces_an_earlier_report()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000))]);
        await Run();
        byte[][] first = Contents();
        Write(Path, Whole, [(0, Event(101)), (0, Event(102))]);
        await Run();
        Assert.All(first.Zip(Contents()), pair => Assert.NotEqual(pair.First, pair.Second));
        Assert.Equal(7, Files().Length);
    }

    [Theory]
    [InlineData("report.html", "<html>a page of somebody else's</html>")]
    [InlineData("report.html", "")]
    [InlineData("timeline.png", "a picture of somebody else's")]
    [InlineData("summary.png", "")]
    public async Task A_report_never_replaces_a_file_that_it_did_not_make(string name, string content)
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000))]);
        Directory.CreateDirectory(Folder);
        string file = System.IO.Path.Combine(Folder, name);
        File.WriteAllText(file, content);
        UserError error = await Assert.ThrowsAsync<UserError>(() => Run());
        Assert.Contains(file, error.Message);
        Assert.Contains("--output", error.Remedy);
        Assert.Equal([name], Files());
        Assert.Equal(content, File.ReadAllText(file));

        // Where it would write nothing of that name, nothing is in the way.
        Assert.Equal(ExitCode.Done, await Run(html: name != "report.html", png: name == "report.html"));
        Assert.Equal(content, File.ReadAllText(file));
    }

    [Fact]
    public async Task A_link_is_not_replaced_either_even_one_to_an_earlier_report()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000))]);
        await Run(png: false);
        string page = System.IO.Path.Combine(Folder, "report.html"), elsewhere = _scratch.File("elsewhere.html");
        File.Move(page, elsewhere);
        File.CreateSymbolicLink(page, elsewhere);
        await Assert.ThrowsAsync<UserError>(() => Run(png: false));
        File.Delete(elsewhere);
        await Assert.ThrowsAsync<UserError>(() => Run(png: false));
        Assert.Equal(elsewhere, new FileInfo(page).LinkTarget);
    }

    [Fact]
    public async Task A_report_that_fails_takes_the_folder_it_made_with_it_and_no_other()
    {
        Write(Path, Whole, [(0, Event(101))]);
        Change(Path, "PRAGMA foreign_keys = 0; DELETE FROM site");
        await Assert.ThrowsAsync<UserError>(() => Run());
        Assert.Equal(["c.db"], _scratch.Names);
        Directory.CreateDirectory(Folder);
        await Assert.ThrowsAsync<UserError>(() => Run());
        Assert.Equal(["c.db", "report"], _scratch.Names);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_is_told_before_the_work()
    {
        Write(Path, Whole, []);
        File.WriteAllText(Folder, "a file stands here");
        Assert.Contains("--output", (await Assert.ThrowsAsync<UserError>(() => Run())).Remedy);
    }

    [Fact]
    public async Task The_json_document_has_the_names_it_promises()
    {
        Write(Path, Whole, [(1, EventAndStack(101, E1000, cpu: 1) + "CPU:1 [LOST 7 EVENTS]\n" + "garbage\n")], (writer, _) =>
        {
            MadePackets.AddInterfaces(writer);
            writer.AddWitnessCount(1, 9);
            writer.AddHistCount(3, "__udp4_lib_rcv+0x4bc/0xd00", 9);
            writer.AddArtifact(ArtifactPhase.Before, 5, "rtnetlink/statistics", "eth0:\n"u8);
            writer.AddArtifact(ArtifactPhase.After, 5, "rtnetlink/statistics", "eth0: rx_missed_errors 3\n"u8);
            writer.AddRelief(new ReliefRow(2_000_000_000, 400_000, ReliefRow.Stacks));
            writer.InternFlow(new PacketHeaders(MadePackets.V4(1, 3, 17, 5000, 4789), "vxlan", MadePackets.V4(7, 8, 6, 40000, 80)));
        });
        Change(Path, "UPDATE task SET netns = 4026531840; UPDATE drop_event SET flow_id = 1, interface_id = (SELECT id FROM interface WHERE name = 'eth0.5')");
        Change(Path, "INSERT INTO clock VALUES (100000000000, 0, 0), (101000000000, 9000000000, 9000000000)");
        Change(Path, "INSERT INTO artifact VALUES ('before', 0, 'unread', CAST('/proc/modules' || char(9) || 'Permission denied' AS BLOB))");
        await Run(html: false, png: false, json: true);
        using JsonDocument document = JsonDocument.Parse(_output.ToString());
        var names = new SortedSet<string>(StringComparer.Ordinal);
        Collect(document.RootElement, "", names);

        if (TraceFixture.Records) File.WriteAllLines(NamesFile(), names);
        Assert.Equal(File.ReadAllLines(NamesFile()), names);
        Assert.Equal(1, document.RootElement.GetProperty("facts").GetProperty("drops").GetInt64());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path))),
            document.RootElement.GetProperty("facts").GetProperty("capture").GetProperty("sha256").GetString());
    }

    private byte[][] Contents() => [.. Files().Select(name => File.ReadAllBytes(System.IO.Path.Combine(Folder, name)))];

    private Task<ExitCode> Run(bool html = true, bool png = true, bool json = false) => ReportJob.RunAsync(
        new ReportOptions(Path, Folder, json, 10, html, png), _output, plain: true, _notes, CancellationToken.None);

    private string[] Files() => [.. Directory.GetFileSystemEntries(Folder).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)!];

    private static string NamesFile() =>
        Repository.At("tests", "DropForensics.Tests", "Analyze", "Report", "json-names.txt");

    private static void Collect(JsonElement element, string path, SortedSet<string> names)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in element.EnumerateObject()) Collect(property.Value, $"{path}.{property.Name}".TrimStart('.'), names);
        }
        else if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0)
        {
            Collect(element[0], path + "[]", names);
        }
        else
        {
            names.Add(path);
        }
    }
}
