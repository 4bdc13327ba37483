using DropForensics.Analyze.Lake;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Lake;

/// <summary>The files of a lake: written once, as a whole, and put together without a change of their rows.</summary>
public sealed class LakeTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Lake => _scratch.File("lake");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Adding_a_capture_again_changes_nothing()
    {
        string capture = Repository.At("fixtures", "captures", "example.db");
        Assert.Equal(ExitCode.Done, Fleet.Add(Lake, capture).Code);
        string[] before = Files();
        Assert.Equal((ExitCode.Done, "1 capture was in the lake already\n"), Fleet.Add(Lake, capture));
        Assert.Equal(before, Files());
        Assert.Equal(["874"], Fleet.Rows(Lake, "SELECT count(*) FROM drops")[0]);
    }

    [Fact]
    public void What_is_damaged_or_no_capture_is_named_and_left_out()
    {
        string whole = Repository.At("fixtures", "captures", "packets.db"), cut = _scratch.File("cut.db"), foreign = _scratch.File("foreign.txt"), forged = _scratch.File("forged.db");
        File.WriteAllBytes(cut, File.ReadAllBytes(Repository.At("fixtures", "captures", "example.db"))[..20_000]);
        File.WriteAllText(foreign, "no database");
        File.Copy(whole, forged);
        MadeCapture.Change(forged, "UPDATE capture SET uuid = '../../../forged'");

        (ExitCode code, string notes) = Fleet.Add(Lake, cut, foreign, forged, _scratch.File("missing.db"), whole);

        Assert.Equal(ExitCode.Incomplete, code);
        Assert.Equal(["cut.db", "foreign.txt", "forged.db", "missing.db"], notes.Split('\n').Where(line => line.StartsWith("left out: ", StringComparison.Ordinal)).Select(line => Path.GetFileName(line.Split(' ').First(word => word.StartsWith(_scratch.FullName, StringComparison.Ordinal)).TrimEnd(':'))));
        Assert.Contains("added 1 capture with ", notes);
        Assert.Equal(["1"], Fleet.Rows(Lake, "SELECT count(*) FROM captures")[0]);
        Assert.DoesNotContain(Directory.EnumerateFiles(Lake, "*", SearchOption.AllDirectories), file => Path.GetFileName(file)[0] == '.');
        Assert.Equal(ExitCode.Unable, Fleet.Add(Lake, cut, foreign).Code);
    }

    [Fact]
    public void A_stack_and_a_host_that_captures_share_are_in_the_lake_once()
    {
        string[] captures = [Fleet.Write(_scratch.FullName, "web1", 0, null, Drops(2)), Fleet.Write(_scratch.FullName, "web1", 60_000_000_000, null, Drops(3)), Fleet.Write(_scratch.FullName, "web2", 0, null, Drops(1))];
        Fleet.Add(Lake, captures);
        Assert.Equal(["1", "6", "3", "2"], Fleet.Rows(Lake, $"""
            SELECT (SELECT count(DISTINCT stack_hash) FROM drops), (SELECT count(*) FROM read_parquet('{Lake}/stacks/*.parquet')),
                   (SELECT count(*) FROM capture_stacks), (SELECT count(*) FROM read_parquet('{Lake}/hosts/*.parquet'))
            """).Single());
    }

    [Fact]
    public void A_host_that_looked_and_saw_nothing_has_its_row()
    {
        Fleet.Add(Lake, Fleet.Write(_scratch.FullName, "quiet", 0, null));
        Assert.Equal(
            ["quiet", "0", "2026-11-30T09:00:00Z", "10000000000", "0", "complete", "0", "0", "NULL", "0"],
            Fleet.Rows(Lake, "SELECT host, drops, window_begin, window_ns, witness_drops, completeness, missing_at_least, missing_at_most, redacted, (SELECT count(*) FROM drops) FROM captures").Single());
    }

    [Fact]
    public void What_a_capture_lacks_is_in_its_row()
    {
        string path = Fleet.Write(_scratch.FullName, "web1", 0, writer => writer.AddLoss(new LossEvent(0, 5, 100_001_000_000, 40), 100_000_000_000), Drops(10));
        MadeCapture.Change(path, "UPDATE capture SET witness_drops = 25, witness_slack = 2");
        Fleet.Add(Lake, path);
        Assert.Equal(["incomplete", "15", "15", "40"], Fleet.Rows(Lake, "SELECT completeness, missing_at_least, missing_at_most, lost_records FROM captures").Single());
    }

    [Fact]
    public void Small_files_become_one_with_the_same_rows_and_a_capture_in_it_is_known()
    {
        string[] captures = Some();
        Fleet.Add(Lake, captures);
        Dictionary<string, string> before = Content();
        string notes = Fleet.Compact(Lake);
        Assert.Matches(@"^\d+ files became \d+\n$", notes);
        Assert.Equal(before, Content());
        Assert.All(LakeSchema.All.Where(table => table != LakeSchema.Events), table => Assert.All(LakeFolder.Open(Lake).Files(table), folder => Assert.Single(folder)));
        Assert.Equal((ExitCode.Done, $"{captures.Length} captures were in the lake already\n"), Fleet.Add(Lake, captures));
        Assert.Equal("nothing to compact\n", Fleet.Compact(Lake));

        // By host, then by time.
        string[] order = [.. Fleet.Rows(Lake, $"SELECT host || ' ' || epoch_us(time) FROM read_parquet('{Lake}/drops/date=2026-11-30/*.parquet')").Select(row => row[0])];
        Assert.Equal(order.Order(StringComparer.Ordinal), order);
    }

    [Fact]
    public void A_compaction_that_was_killed_is_brought_to_its_end()
    {
        Fleet.Add(Lake, Some());
        Dictionary<string, string> before = Content();
        string drops = Path.Combine(Lake, "drops", "date=2026-11-30");
        (string Path, byte[] Content)[] originals = [.. Directory.GetFiles(drops).Select(file => (file, File.ReadAllBytes(file)))];
        Fleet.Compact(Lake);
        string merged = Path.Combine("drops", "date=2026-11-30", Path.GetFileName(Directory.GetFiles(drops).Single()));
        foreach ((string path, byte[] content) in originals) File.WriteAllBytes(path, content);
        File.WriteAllText(Path.Combine(Lake, ".compact.json"), System.Text.Json.JsonSerializer.Serialize(new { Made = merged, Files = originals.Select(file => Path.GetRelativePath(Lake, file.Path)) }));
        Assert.NotEqual(before["drops"], Content()["drops"]); // each row twice

        Fleet.Compact(Lake);
        Assert.Equal(before, Content());
        Assert.False(File.Exists(Path.Combine(Lake, ".compact.json")));
    }

    [Fact]
    public void While_one_compacts_another_does_not()
    {
        Fleet.Add(Lake, Some());
        using var held = new FileStream(Path.Combine(Lake, ".compact.json"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Assert.Contains("compacted by another", Assert.Throws<UserError>(() => Fleet.Compact(Lake)).Message);
    }

    [Fact]
    public void Another_folder_is_no_lake_and_a_later_version_is_refused()
    {
        File.WriteAllText(_scratch.File("mine.txt"), "");
        Assert.Contains("has other files in it", Assert.Throws<UserError>(() => Fleet.Add(_scratch.FullName, Fleet.Fixtures[0])).Message);
        Assert.Contains("is no lake", Assert.Throws<UserError>(() => Fleet.Rows(_scratch.FullName, "SELECT 1")).Message);
        Fleet.Add(Lake, Fleet.Fixtures[0]);
        File.WriteAllText(Path.Combine(Lake, LakeFolder.Mark), """{"format": "DropForensics lake", "version": 2}""");
        Assert.Contains("of version 2", Assert.Throws<UserError>(() => Fleet.Add(Lake, Fleet.Fixtures[0])).Message);
    }

    [Fact]
    public void A_capture_that_is_stopped_leaves_nothing()
    {
        Fleet.Add(Lake, Repository.At("fixtures", "captures", "packets.db"));
        string[] before = Files();
        var stop = new CancellationTokenSource();
        var add = new LakeAdd(LakeFolder.Open(Lake), null, stop.Token);
        stop.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => add.Add(Repository.At("fixtures", "captures", "example.db")));
        Assert.Equal(before, Files());
    }

    private static MadePackets.Drop[] Drops(int count) => [.. Enumerable.Range(0, count).Select(i => new MadePackets.Drop(MadePackets.Eth0, MadePackets.Udp(1, 2, 4000 + i, 53)))];

    // Of three hosts, twice each, the later on the next date.
    private string[] Some() => [.. from host in new[] { "web3", "web1", "web2" } from day in new[] { 0, 1 } select Fleet.Write(
        _scratch.FullName, host, (day * 86_400_000_000_000) + host[^1], writer => Fleet.Retransmit(writer, 5_000_000, MadePackets.V4(1, 2, 6, 40001, 5000)), Drops(7))];

    private Dictionary<string, string> Content() => LakeSchema.All.ToDictionary(
        table => table.Name, table => string.Join('\n', Fleet.Rows(Lake, $"SELECT * FROM {table.Name} ORDER BY ALL").Select(row => string.Join('|', row))));

    private string[] Files() => [.. Directory.GetFiles(Lake, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {new FileInfo(file).LastWriteTimeUtc.Ticks} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}")];
}
