using System.Globalization;
using System.Text.Json;
using DropForensics.Analyze.Fleet;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Report;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.ManyCaptures;

/// <summary>One report over many captures: who stands out, what is common, who could not see.</summary>
public sealed class FleetReportTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    // A larger fleet takes DROPFORENSICS_FLEET=1000, with captures of 10,000 drops.
    private static int Hosts => int.TryParse(Environment.GetEnvironmentVariable("DROPFORENSICS_FLEET"), NumberStyles.None, CultureInfo.InvariantCulture, out int hosts) ? hosts : 60;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Each_planted_outlier_is_named_first_none_wrongly_and_a_damaged_file_with_its_reason()
    {
        PlantedFleet fleet = PlantedFleet.Make(_scratch.FullName, Hosts, damaged: Hosts / 20, planted: Hosts / 20, drops: Hosts > 60 ? 10_000 : 1_000);
        (ExitCode code, JsonElement report, string notes) = await Run(_scratch.FullName);
        Assert.Equal(ExitCode.Incomplete, code);
        Assert.Equal(fleet.Planted.Order(), report.GetProperty("outliers").EnumerateArray().Select(each => (each.GetProperty("capture").GetString()!, each.GetProperty("cause").GetProperty("name").GetString()!)).Order());
        Assert.Equal(fleet.Planted.Select(each => each.Host).Order(), report.GetProperty("captures").EnumerateArray().Take(fleet.Planted.Count).Select(each => each.GetProperty("name").GetString()).Order());
        Assert.Equal(fleet.Damaged.Order(), report.GetProperty("left_out").EnumerateArray().Select(each => each.GetProperty("path").GetString()).Order());
        Assert.All(fleet.Damaged, path => Assert.Contains($"left out: ", notes.Split('\n').Single(line => line.Contains(path, StringComparison.Ordinal))));
        Assert.Equal(report.GetProperty("drops").GetInt64(), report.GetProperty("captures").EnumerateArray().Sum(each => each.GetProperty("drops").GetInt64()));
    }

    [Fact]
    public void A_mistake_in_the_filter_is_no_fault_of_the_captures()
    {
        UserError error = Assert.Throws<UserError>(() => FleetJob.Read(Fleet.Fixtures, "nonsense", null, CancellationToken.None));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
    }

    [Fact]
    public void A_named_pipe_is_left_out_and_not_waited_for()
    {
        Requires.Program("mkfifo", "coreutils");
        string pipe = _scratch.File("x.db");
        Shell.Run("mkfifo", pipe);
        LeftOut left = Assert.Single(Read([Fleet.Fixtures[0], pipe]).LeftOut);
        Assert.Equal(pipe, left.Path);
    }

    [Fact]
    public void Every_drop_with_a_time_is_on_the_common_clock()
    {
        PlantedFleet fleet = PlantedFleet.Make(_scratch.FullName, 6, damaged: 0, planted: 1, drops: 300);
        FleetModel model = Read(fleet.Paths);
        Assert.Equal(model.Drops, model.Timeline()!.Series.Sum(series => series.Counts.Sum()));
        Assert.Equal(new DateTime(2026, 11, 30, 9, 0, 0, DateTimeKind.Utc), model.Timeline()!.StartUtc!.Value, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_finding_of_a_capture_in_a_fleet_is_that_of_its_own_report() => Assert.All(Fleet.Fixtures, path =>
    {
        using CaptureReader one = AnyCapture.Open(path, CancellationToken.None), other = AnyCapture.Open(path, CancellationToken.None);
        ReportModel brief = ReportJob.Read(one, CancellationToken.None, isBrief: true), whole = ReportJob.Read(other, CancellationToken.None);
        Assert.Equal(whole.Findings.Select(each => (each.Id, each.Severity, each.Title, each.Drops)), brief.Findings.Select(each => (each.Id, each.Severity, each.Title, each.Drops)));
        Assert.Equal(whole.Verdict.Completeness.Sentence, brief.Verdict.Completeness.Sentence);
    });

    [Fact]
    public void All_fixtures_together_have_the_drops_of_each()
    {
        FleetModel model = Read(Fleet.Fixtures);
        foreach (FleetCapture capture in model.Captures)
        {
            using CaptureReader reader = AnyCapture.Open(capture.Path, CancellationToken.None);
            Assert.Equal(new CaptureQueries(reader.Connection).Extent().Drops, capture.Drops);
            Assert.Equal(capture.Drops, capture.Causes.Sum(each => each.Drops));
        }

        Assert.Equal(model.Drops, model.Captures.Sum(each => each.Drops));
        Assert.Equal(Fleet.Fixtures.Length, model.Captures.Count + model.LeftOut.Count);
    }

    [Fact]
    public void Hosts_that_saw_nothing_are_not_those_that_could_not_see()
    {
        string quiet = Fleet.Write(_scratch.FullName, "quiet", 0, null), killed = Fleet.Write(_scratch.FullName, "killed", 0, null), filtered = Fleet.Write(_scratch.FullName, "filtered", 0, null),
            lossy = Fleet.Write(_scratch.FullName, "lossy", 0, null), busy = Fleet.Write(_scratch.FullName, "busy", 0, null, Drop("NO_SOCKET"));
        MadeCapture.Change(killed, "UPDATE capture SET closed_ns = NULL, ended = 'killed'");
        MadeCapture.Change(filtered, "UPDATE capture SET filter = 'reason == 3', command_line = '--reason NO_SOCKET'");
        MadeCapture.Change(lossy, "UPDATE capture SET witness_drops = 7");
        FleetModel model = Read([quiet, killed, filtered, lossy, busy]);
        Assert.Equal(["quiet"], model.SawNothing.Select(each => each.Name));
        Assert.Equal(["filtered", "killed", "lossy"], model.CannotSee.Select(each => each.Name).Order());
        Assert.Equal(7, model.Missing.Least);
        Assert.Equal("incomplete", model.Completeness);
    }

    [Fact]
    public async Task A_drop_on_one_host_of_what_another_sent_again_at_that_time_is_joined_and_nothing_else()
    {
        PacketFlow Tcp(int from, int to, int sport, int dport) => MadePackets.V4(from, to, 6, sport, dport);
        MadePackets.Drop Of(PacketFlow flow, long afterNs) => new(MadePackets.Eth0, new PacketHeaders(flow, null, null)) { AfterNs = afterNs };
        PacketFlow flow = Tcp(1, 2, 40_001, 443);
        string a = Fleet.Write(_scratch.FullName, "a", 0, writer => Fleet.Retransmit(writer, 500_000_000, flow), Of(flow, 100_000_000));
        string b = Fleet.Write(_scratch.FullName, "b", 0, null, Of(flow, 250_000_000), Of(Tcp(2, 1, 443, 40_001), 300_000_000), Of(Tcp(1, 2, 40_002, 443), 250_000_000));
        string late = Fleet.Write(_scratch.FullName, "late", 3_600_000_000_000, null, Of(flow, 250_000_000));
        FleetModel model = Read([a, b, late]);
        JoinedFlow[] joined = [.. model.Joined];
        Assert.Equal([("a", "b", 2L, 1L, "10.0.0.1:40001 ↔ 10.0.0.2:443, TCP")], joined.Select(each => (each.From.Name, each.At.Name, each.Drops, each.Events, each.Connection.Text)));

        var terminal = new StringWriter();
        FleetWriters.WriteTerminal(model, 10, terminal, plain: true);
        Assert.All([await FleetWriters.RenderAsync(model), terminal.ToString(), FleetWriters.Markdown(model, [])], text => Assert.Contains("10.0.0.1:40001", text));

        // Two captures of one host are no two ends.
        MadeCapture.Change(b, "UPDATE capture SET host_name = 'a'");
        Assert.Empty(Read([a, b]).Joined);
        MadeCapture.Change(b, "UPDATE capture SET host_name = 'b'");

        // A clock that was set may be wrong by as much.
        MadeCapture.Change(late, "INSERT INTO clock SELECT mono_ns + 1000000000, boot_ns + 1000000000, real_ns - 3599000000000 FROM clock");
        Assert.Equal(["b", "late"], Read([a, b, late]).Joined.Select(each => each.At.Name).Order());
    }

    [Fact]
    public async Task Missing_drops_count_against_the_answer()
    {
        string[] paths = [.. Enumerable.Range(0, 9).Select(i => Fleet.Write(_scratch.FullName, $"host-{i}", i, null, Spread("NO_SOCKET", i == 4 ? 400 : 5)))];
        Assert.Equal(["host-4"], Read(paths).Outliers.Select(each => each.Capture.Name));
        foreach (string path in paths.Where((_, i) => i != 4)) MadeCapture.Change(path, "UPDATE capture SET witness_drops = 405");
        FleetModel model = Read(paths);
        Assert.Empty(model.Outliers);
        Assert.Equal(["host-4"], model.MayStandOut.Select(each => each.Capture.Name));
        Assert.Contains("1 more may stand out: it depends on what the other captures lack", await FleetWriters.RenderAsync(model));
    }

    [Fact]
    public void Hosts_whose_filter_leaves_a_cause_out_are_not_its_median()
    {
        string[] paths = [.. Enumerable.Range(0, 12).Select(i => Fleet.Write(_scratch.FullName, $"host-{i:d2}", i, null, Spread("NO_SOCKET", i < 8 ? 0 : 300)))];
        Assert.Equal(12, Read(paths).Causes.Single().Looked);
        foreach (string path in paths[..8]) MadeCapture.Change(path, "UPDATE capture SET filter = 'reason == 8', command_line = '--reason NETFILTER_DROP'");
        Assert.Equal(4, Read(paths).Causes.Single().Looked);
        Assert.Empty(Read(paths).Outliers);
    }

    [Fact]
    public async Task A_folder_is_searched_a_flight_recorder_counts_once_and_a_copy_is_left_out_without_fault()
    {
        Directory.CreateDirectory(_scratch.File("in/web2/drops.db.parts"));
        File.Move(Fleet.Write(_scratch.FullName, "web1", 0, null, Drop("NO_SOCKET")), _scratch.File("in/drops.db"));
        File.Copy(_scratch.File("in/drops.db"), _scratch.File("in/web2/copy.db"));
        foreach (int part in (int[])[1, 2]) File.Copy(Repository.At("fixtures", "captures", "example.db"), _scratch.File($"in/web2/drops.db.parts/{CaptureParts.NameOf(part)}"));
        Assert.Equal(
            ["in/drops.db", "in/web2/copy.db", "in/web2/drops.db.parts"],
            FleetFiles.Of([_scratch.File("in")]).Select(path => Path.GetRelativePath(_scratch.FullName, path)));
        (ExitCode code, JsonElement report, string notes) = await Run(_scratch.File("in/drops.db"), _scratch.File("in/web2/copy.db"));
        Assert.Equal(ExitCode.Done, code);
        Assert.Single(report.GetProperty("captures").EnumerateArray());
        Assert.Contains("is the same capture as", notes);
        UserError none = await Assert.ThrowsAsync<UserError>(() => Run(Directory.CreateDirectory(_scratch.File("empty")).FullName));
        Assert.Contains("has no captures in it", none.Message);
    }

    [Fact]
    public async Task Hosts_that_stand_out_have_their_own_report_beside_and_of_others_stands_the_command()
    {
        PlantedFleet fleet = PlantedFleet.Make(_scratch.FullName, 12, damaged: 0, planted: 2, drops: 300);
        await Run(_scratch.FullName);
        string folder = _scratch.File("out"), page = File.ReadAllText(Path.Combine(folder, "report.html"));
        Assert.Equal(fleet.Planted.Select(each => each.Host).Order(), Directory.GetDirectories(Path.Combine(folder, "hosts")).Select(path => Path.GetFileName(path)).Order());
        Assert.All(fleet.Planted, each => Assert.Contains($"href=\"hosts/{each.Host}/report.html\"", page));
        Assert.Contains($"analyze {ReportModel.ShellWord(fleet.Paths[^1])}", page);
        Assert.All(fleet.Planted, each => Assert.True(File.Exists(Path.Combine(folder, "hosts", each.Host, "report.html"))));
    }

    [Fact]
    public async Task A_page_of_a_thousand_hosts_is_within_its_limit_and_says_what_it_leaves_out()
    {
        FleetModel model = Read(PlantedFleet.Make(_scratch.FullName, 12, damaged: 0, planted: 3, drops: 300).Paths);
        var large = new FleetModel(
            [.. Enumerable.Range(0, 1100).Select(i => model.Captures[i % 12] with { Name = $"rack-{i:d4}.frankfurt.example.net", Path = $"/var/tmp/incident-2026-11-30/rack-{i:d4}.frankfurt.example.net.db", Host = $"{i}", Uuid = $"{i}" })],
            [.. Enumerable.Range(0, 300).Select(i => new LeftOut($"/x/{i}.db", $"/var/tmp/incident-2026-11-30/{i}.db is damaged: its rows do not match its text", true))], [], "1");
        string page = await FleetWriters.RenderAsync(large);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(page), 100_000, 1_500_000);
        Assert.Contains("and 100 more; --json has all of them.", page);
    }

    [Fact]
    public async Task The_page_in_the_documents_has_every_name_of_the_JSON_document()
    {
        PlantedFleet.Make(_scratch.FullName, 6, damaged: 1, planted: 1, drops: 300);
        (_, JsonElement report, _) = await Run(_scratch.FullName);
        string section = File.ReadAllText(Repository.At("docs", "fleet.md")).Split("## The JSON document")[1];
        JsonElement capture = report.GetProperty("captures")[0], both = JsonSerializer.SerializeToElement(
            new FleetJson.Flow("", "", null, null, 0, default, "", "", 0, default), FleetJsonContext.Default.GetTypeInfo(typeof(FleetJson.Flow))!); // it is among what it writes
        JsonElement[] objects = [report, capture, report.GetProperty("outliers")[0], report.GetProperty("causes")[0], report.GetProperty("causes")[0].GetProperty("cause"), report.GetProperty("left_out")[0], both];
        Assert.All(objects.SelectMany(each => each.EnumerateObject()), property => Assert.Contains($"`{property.Name}`", section));
    }

    [Fact]
    public void The_Markdown_file_has_the_sections_of_the_page_and_no_name_becomes_markup()
    {
        string path = Fleet.Write(_scratch.FullName, "a", 0, null, Drop("NO_SOCKET"), Drop("<b>|@all"));
        MadeCapture.Change(path, "UPDATE capture SET host_name = '<img src=x>|[a](b)@admin'");
        string text = FleetWriters.Markdown(Read([path]), ["summary.png"]);
        Assert.Contains("![summary](summary.png)", text);
        Assert.Contains("## All hosts", text);
        string outside = System.Text.RegularExpressions.Regex.Replace(text[text.IndexOf('\n')..], "(`+)[^`]+?\\1(?!`)", "");
        Assert.DoesNotMatch(@"(?<!\\)[<](?!/?(sub|details|summary)>)", outside);
        Assert.DoesNotMatch(@"[@#](?=\w)", outside);
    }

    private static MadePackets.Drop Drop(string reason) => new(MadePackets.Eth0, MadePackets.Udp(1, 2, 4000, 53), Reason: reason);

    private static MadePackets.Drop[] Spread(string reason, int drops) => [.. Enumerable.Range(0, drops).Select(i => Drop(reason) with { AfterNs = i * (10_000_000_000 / drops) })];

    private static FleetModel Read(IReadOnlyList<string> paths) => FleetJob.Read(paths, null, null, CancellationToken.None);

    private async Task<(ExitCode Code, JsonElement Report, string Notes)> Run(params string[] paths)
    {
        var (output, notes) = (new StringWriter(), new StringWriter());
        ExitCode code = await FleetJob.RunAsync(new FleetOptions(paths, _scratch.File("out"), Json: true, 10, Html: true, Png: true), output, plain: true, notes, CancellationToken.None);
        return (code, JsonDocument.Parse(output.ToString()).RootElement, notes.ToString());
    }
}
