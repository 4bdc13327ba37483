using System.IO.Compression;
using System.Security.Cryptography;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Hostile;

/// <summary>Files that were forged against whoever reads them: each is answered or refused, soon, with little memory, and never written to.</summary>
public sealed class HostileFileTests : IDisposable
{
    private const string Forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("a view that never ends, where ours was", $"DROP VIEW drops; CREATE VIEW drops AS {Forever} SELECT i AS id FROM n", "view drops is another")]
    [InlineData("another one", $"DROP VIEW lost; CREATE VIEW lost AS {Forever} SELECT i AS cpu, i AS records, 0 AS uncounted FROM n", "view lost is another")]
    [InlineData("a view in a table's place", $"DROP VIEW drops; ALTER TABLE drop_event RENAME TO d; CREATE VIEW drop_event AS {Forever} SELECT i AS id FROM n", "is added")]
    [InlineData("a view in a table's place for raw", $"ALTER TABLE raw_chunk RENAME TO r; CREATE VIEW raw_chunk AS {Forever} SELECT i AS cpu FROM n", "raw_chunk_by_stream is another")]
    [InlineData("views on top of each other", "CREATE VIEW a AS SELECT 1 AS x; CREATE VIEW b AS SELECT * FROM a, a AS a2; CREATE VIEW c AS SELECT * FROM b, b AS b2", "view a is added")]
    [InlineData("a trigger", "CREATE TRIGGER t AFTER INSERT ON task BEGIN DELETE FROM drop_event; END", "trigger t is added")]
    [InlineData("a virtual table", "CREATE VIRTUAL TABLE v USING rtree(id, a, b)", "is added")]
    [InlineData("a computed column", "ALTER TABLE raw_chunk ADD COLUMN x BLOB AS (zeroblob(1000000000))", "table raw_chunk is another")]
    [InlineData("an index with an expression", "CREATE INDEX i ON task (length(comm || zeroblob(1000000)))", "index i is added")]
    [InlineData("statistics that mislead", "ANALYZE", "sqlite_stat1 is added")]
    [InlineData("a table that is not strict", "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '')", "is another")]
    [InlineData("a name that drives a terminal", "CREATE TABLE \"\x1b[2J\" (x)", "is added")]
    [InlineData("very many tables", "CREATE TABLE t1 (x); PRAGMA writable_schema = 1; " + $"INSERT INTO sqlite_schema {Forever} SELECT 'table', 'u' || i, 'u' || i, 2, 'CREATE TABLE u' || i || '(x)' FROM n LIMIT 5000", "is added")]
    public void Tables_and_views_that_are_not_ours_are_refused_before_they_run(string what, string forgery, string expected)
    {
        WriteSample();
        Change(Path, forgery);
        foreach ((string reader, ExitCode code, string? message) in Read())
        {
            Assert.True(code == ExitCode.Unable && message?.Contains(expected, StringComparison.Ordinal) == true, $"{what}: {reader} says {code}: {message}");
        }
    }

    [Theory]
    [InlineData("UPDATE drop_event SET t_ns = 'long ago', cpu = x'00', task_id = 'a', raw_line = 1.5")]
    [InlineData("UPDATE task SET comm = x'ff00fe', pid = 'root'")]
    [InlineData("UPDATE site SET event = 1, location = 2, function = x'00', stack_id = 'x'")]
    [InlineData("UPDATE raw_chunk SET codec = 1, sha256 = 'x', first_line = 'one', lines = x'00', size = 'big'")]
    [InlineData("UPDATE capture SET opened_ns = 'now', witness_drops = x'00', host_name = 7, closed_ns = 'then'")]
    [InlineData("UPDATE line_count SET lines = 'many', kind = rowid")]
    [InlineData("UPDATE interface SET netns = 'x', ifindex = 'y', name = id")]
    [InlineData("UPDATE stack_frame SET symbol_id = 'x', offset = 'y'")]
    [InlineData("UPDATE clock SET real_ns = 'x', boot_ns = x'00'")]
    public void Values_of_wrong_types_are_answered_or_refused(string forgery)
    {
        WriteSample();

        // No SQLite writes them into strict tables, so these are not strict meanwhile.
        Change(Path, "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(replace(sql, ') STRICT, WITHOUT', ') /*y*/ WITHOUT'), ') STRICT', ') /*x*/')");
        Change(Path, "PRAGMA foreign_keys = 0; " + forgery);
        Change(Path, "PRAGMA writable_schema = 1; UPDATE sqlite_schema SET sql = replace(replace(sql, ') /*y*/ WITHOUT', ') STRICT, WITHOUT'), ') /*x*/', ') STRICT')");
        AssertAnswered();
    }

    [Theory]
    [InlineData("UPDATE drop_event SET t_ns = 9223372036854775807 WHERE id = 1")]
    [InlineData("UPDATE drop_event SET t_ns = -9223372036854775808 WHERE id = 1")]
    [InlineData("UPDATE drop_event SET cpu = 9223372036854775807, raw_line = -5, ethertype = 1 << 40")]
    [InlineData("UPDATE capture SET opened_ns = 9223372036854775807")]
    [InlineData("UPDATE capture SET opened_ns = -9223372036854775808, closed_ns = 9223372036854775807, window_ns = -1")]
    [InlineData("UPDATE capture SET witness_drops = -1, witness_slack = 9223372036854775807")]
    [InlineData("UPDATE clock SET real_ns = 9223372036854775807")]
    [InlineData("UPDATE clock SET real_ns = -9223372036854775808, boot_ns = 9223372036854775807")]
    [InlineData("UPDATE loss SET records = 9223372036854775807; INSERT INTO loss SELECT NULL, cpu, source, raw_line, t_ns, records FROM loss")]
    [InlineData("UPDATE line_count SET lines = 9223372036854775807")]
    [InlineData("UPDATE raw_chunk SET lines = 9223372036854775807, first_line = -9223372036854775808")]
    [InlineData("UPDATE raw_chunk SET cpu = 1 << 40")]
    [InlineData("UPDATE raw_chunk SET cpu = -7")]
    [InlineData("UPDATE stack SET first_frame = -9223372036854775808")]
    [InlineData("UPDATE stack_frame SET offset = -1")]
    [InlineData("UPDATE flow SET ethertype = -1, sport = 1 << 40, type = -1, inner_ethertype = 1 << 50, tunnel = 'x'")]
    [InlineData("DELETE FROM task; DELETE FROM site; DELETE FROM reason; DELETE FROM flow")]
    [InlineData("DELETE FROM stack; DELETE FROM symbol")]
    [InlineData("UPDATE interface SET lower = '3 2:3 ? x', base_driver = 'x'")]
    [InlineData("UPDATE capture SET command_line = printf('%.*c', 10000000, 'x')")]
    [InlineData("UPDATE task SET comm = printf('%.*c', 10000000, 'x')")]
    [InlineData("UPDATE capture SET time_zone = 'x', cpus_online = '0-99999999999', trace_clock = 'mono', probe = 'x', packets = 'y', transport = 'z'")]
    public void Values_that_no_agent_writes_are_answered_or_refused(string forgery)
    {
        WriteSample();
        Change(Path, "PRAGMA foreign_keys = 0; " + forgery);
        AssertAnswered();
    }

    [Fact]
    public void A_chunk_that_unpacks_to_gigabytes_is_refused()
    {
        using var bomb = new MemoryStream();
        using (var zlib = new ZLibStream(bomb, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            byte[] lines = new byte[1 << 20];
            for (int i = 0; i < 1024; i++) zlib.Write(lines);
        }

        byte[] digest = SHA256.HashData(bomb.ToArray());
        WriteSample();
        Change(Path, $"UPDATE raw_chunk SET codec = 'text+zlib', size = 4194304, data = x'{Convert.ToHexString(bomb.ToArray())}', sha256 = x'{Convert.ToHexString(digest)}'");
        foreach ((string reader, ExitCode code, string? message) in Read())
        {
            Assert.True(reader is not ("raw" or "verify") || code is ExitCode.Unable or ExitCode.Incomplete, $"{reader} says {code}: {message}");
        }
    }

    [Fact]
    public void Blobs_larger_than_any_chunk_are_not_read()
    {
        WriteSample();
        Change(Path, "UPDATE raw_chunk SET data = zeroblob(50000000), size = 50000000");
        Assert.Contains("larger than any chunk", Assert.Single(Read(), answer => answer.Name == "raw").Message);
    }

    [Fact]
    public void Chunks_that_lie_on_top_of_each_other_are_refused()
    {
        byte[] noise = new byte[200_000];
        new Random(3).NextBytes(noise);
        Write(Path, Whole, [], (writer, _) => writer.AddChunk(0, 1, noise.Count(b => b == '\n'), noise));
        var pages = new SqlitePages(File.ReadAllBytes(Path));
        Assert.True(pages.CloseOverflowChains() > 10);
        File.WriteAllBytes(Path, pages.Bytes);
        var ofText = Read().Where(answer => answer.Name is "raw" or "verify" or "redact").ToList(); // the others read no more of it than a drop's own line
        Assert.Equal(3, ofText.Count);
        Assert.All(ofText, answer => Assert.True(answer.Code is ExitCode.Unable or ExitCode.Incomplete, $"{answer}"));
    }

    [Theory]
    [InlineData(8, false)] // 200 to the power of 8 rows
    [InlineData(1, true)]  // a page that is its own child
    public void Pages_that_lead_in_circles_are_left_after_a_bounded_number_of_steps(int levels, bool itself)
    {
        WriteSample();
        int root = (int)Db.Scalar<long>(Path, "SELECT rootpage FROM sqlite_schema WHERE name = 'drop_event'");
        var pages = new SqlitePages(File.ReadAllBytes(Path));
        int leaf = pages.Add();
        pages.Page(root).CopyTo(pages.Page(leaf));
        int next = leaf;
        for (int level = 1; level < levels; level++)
        {
            int inner = pages.Add();
            pages.MakeInner(inner, next);
            next = inner;
        }

        pages.MakeInner(root, itself ? root : next);
        File.WriteAllBytes(Path, pages.Bytes);
        foreach ((string reader, ExitCode code, string? message) in Read())
        {
            Assert.True(reader is "raw" or "redact" || code == ExitCode.Unable, $"{reader} says {code}: {message}"); // those read no drops
        }
    }

    [Fact]
    public void A_journal_that_names_another_file_is_refused_and_the_file_stays()
    {
        WriteSample();
        string victim = _scratch.File("precious");
        File.WriteAllText(victim, "x");
        byte[] name = System.Text.Encoding.UTF8.GetBytes(victim), before = File.ReadAllBytes(Path);
        using (var journal = new MemoryStream())
        {
            journal.Write([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
            journal.Write(new byte[512 - 8]);
            journal.Write([0, 0, 0, 1]);
            journal.Write(name);
            journal.Write([0, 0, (byte)(name.Length >> 8), (byte)name.Length]);
            journal.Write([0, 0, (byte)(name.Sum(b => b) >> 8), (byte)name.Sum(b => b)]);
            journal.Write([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
            File.WriteAllBytes(Path + "-journal", journal.ToArray());
        }

        Assert.All(EveryReader.On(Path), answer => Assert.Contains("names another file", answer.Message));
        Assert.True(File.Exists(victim));
        Assert.Equal(before, File.ReadAllBytes(Path));
    }

    [Fact]
    public void A_file_of_an_earlier_version_whose_text_is_no_plain_table_is_refused()
    {
        WriteSample();
        Change(Path, $"PRAGMA user_version = 1; ALTER TABLE raw_chunk RENAME TO r; CREATE VIEW raw_chunk AS {Forever} SELECT i AS cpu, 1 AS lines, 1 AS size FROM n");
        Assert.All(Read(), answer => Assert.Contains("raw_chunk is missing or another", answer.Message));
    }

    [Fact]
    public void A_newer_file_whose_own_row_is_a_view_names_no_version_and_runs_nothing()
    {
        WriteSample();
        Change(Path, $"PRAGMA user_version = 99; ALTER TABLE capture RENAME TO r; CREATE VIEW capture AS {Forever} SELECT i AS id, '9.9' AS tool_version FROM n");
        UserError error = Assert.Throws<UserError>(() => CaptureReader.Open(Path));
        Assert.Equal("Get a newer `analyze`.", error.Remedy);
    }

    /// <summary>Every reader's answer, for which the file must be as it was.</summary>
    private List<(string Name, ExitCode Code, string? Message)> Read()
    {
        byte[] before = File.ReadAllBytes(Path);
        string[] names = _scratch.Names;
        List<(string Name, ExitCode Code, string? Message)> answers = [];
        for (int reader = 0; reader < EveryReader.Count; reader++)
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            answers.Add(EveryReader.On(Path, reader));
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < 1 << 30, $"{answers[^1].Name} takes {allocated} bytes");
        }

        Assert.Equal(before, File.ReadAllBytes(Path));
        Assert.Equal(names, _scratch.Names);
        return answers;
    }

    private void AssertAnswered()
    {
        foreach ((string reader, ExitCode code, string? message) in Read())
        {
            Assert.True(code is ExitCode.Done or ExitCode.Incomplete or ExitCode.Unable, $"{reader} says {code}: {message}");
        }
    }

    private void WriteSample() => Write(
        Path,
        MadePackets.Eprobe with { WitnessDrops = 4 },
        [(0, EventAndStack(101, E1000) + EventAndStack(102, Backlog) + PacketSamples.Of("udp").Skb.Line().Replace("6.276872", "102.500000", StringComparison.Ordinal) + "\nCPU:0 [LOST 7 EVENTS]\n" + Event(103) + "garbage\n")],
        (writer, recorder) =>
        {
            recorder.AddRingLoss(0, 14);
            AddCounters(writer);
            writer.AddClock(new ClockReading(100_000_000_000, 100_000_000_000, 1_700_000_000_000_000_000));
            writer.AddInterface(new InterfaceRow(4026531840, 2, "eth0", "e1000", null, "e1000"));
            writer.AddInterface(new InterfaceRow(4026531840, 3, "vlan7", "802.1q", "2", "e1000"));
        });
}
