using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Core.Upgrade;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Earlier;

/// <summary>An earlier file is trusted no more than one of today: it is answered or refused, and never written to.</summary>
public sealed class HostileEarlierTests : IDisposable
{
    private const string Forever = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)";

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("a view in a table's place", $"ALTER TABLE task RENAME TO t; CREATE VIEW task AS {Forever} SELECT i AS pid, i AS netns FROM n", "table task is missing or another")]
    [InlineData("a view in place of a table that came later", $"CREATE VIEW relief AS {Forever} SELECT i AS t_ns, i AS rate, 'x' AS step FROM n", "table relief is missing or another")]
    [InlineData("a computed column", "ALTER TABLE clock ADD COLUMN x BLOB AS (zeroblob(1000000000))", "table clock is missing or another")]
    [InlineData("a virtual table", "PRAGMA foreign_keys = 0; DROP TABLE loss; CREATE VIRTUAL TABLE loss USING rtree(id, a, b)", "table loss is missing or another")]
    [InlineData("no capture", "PRAGMA foreign_keys = 0; DELETE FROM capture", "has no capture in it")]
    public void Tables_that_are_not_plain_are_refused(string what, string forgery, string expected)
    {
        WriteEarlier();
        Change(Path, forgery);
        foreach ((string reader, ExitCode code, string? message) in Read())
            Assert.True(code == ExitCode.Unable && message?.Contains(expected, StringComparison.Ordinal) == true, $"{what}: {reader} says {code}: {message}");
    }

    [Theory]
    [InlineData("UPDATE raw_chunk SET sha256 = zeroblob(32)", "does not have the SHA-256")]
    [InlineData("UPDATE raw_chunk SET first_line = 7", "begins with line 7 instead of 1")]
    [InlineData("UPDATE raw_chunk SET size = 50000000", "is larger than any chunk")]
    [InlineData("UPDATE raw_chunk SET cpu = -7", "raw text of a CPU -7")]
    public void Damaged_text_is_refused_by_all_that_make_rows_of_it(string damage, string expected)
    {
        WriteEarlier();
        Change(Path, damage);
        foreach ((string reader, ExitCode code, string? message) in Read())
        {
            if (reader == "verify") Assert.True(code is ExitCode.Incomplete or ExitCode.Unable, $"{code}: {message}");
            else Assert.True(code == ExitCode.Unable && message?.Contains(expected, StringComparison.Ordinal) == true, $"{reader} says {code}: {message}");
        }
    }

    // Tables of version 1 need not be strict, nor have the keys of schema.sql: what is written to them may be anything.
    [Theory]
    [InlineData("UPDATE capture SET opened_ns = 9223372036854775807, witness_drops = -1")]
    [InlineData("UPDATE capture SET opened_ns = -9223372036854775808, closed_ns = 9223372036854775807")]
    [InlineData("UPDATE clock SET real_ns = -9223372036854775808, boot_ns = 9223372036854775807")]
    [InlineData("UPDATE interface SET ifindex = 1 << 40, netns = -1, lower = '3 2:3 ? x', base_driver = 'x'")]
    [InlineData("UPDATE loss SET records = 9223372036854775807, cpu = 1 << 40")]
    [InlineData("DELETE FROM stack_frame; DELETE FROM symbol; UPDATE stack SET first_frame = -5")]
    [InlineData("DROP TABLE drop_event")]
    [InlineData("DROP TABLE site; DROP TABLE stack_frame; DROP TABLE task; DROP TABLE clock; DROP TABLE artifact; DROP TABLE line_count")]
    [InlineData("DROP TABLE clock; CREATE TABLE clock (mono_ns, real_ns); INSERT INTO clock VALUES ('x', 'y'), (NULL, NULL), (1e300, x'00')")]
    [InlineData("CREATE TABLE relief (t_ns, rate, step); INSERT INTO relief VALUES (1, 2, 'stacks'), (1, 2, 'stacks')")]
    [InlineData("CREATE TABLE kernel_count (source, cpu); INSERT INTO kernel_count VALUES (7, 'x'), (NULL, NULL)")]
    [InlineData("UPDATE site SET driver_rule = 'backlog', stack_id = -1, event = printf('%.*c', 1000000, 'x')")]
    public void Values_that_no_agent_writes_are_answered_or_refused(string forgery)
    {
        WriteEarlier();
        Change(Path, "PRAGMA foreign_keys = 0; " + forgery);
        foreach ((string reader, ExitCode code, string? message) in Read())
            Assert.True(code is ExitCode.Done or ExitCode.Incomplete or ExitCode.Unable, $"{reader} says {code}: {message}");
    }

    [Fact]
    public void Text_that_unpacks_to_far_more_rows_than_its_file_could_have_is_refused()
    {
        const string Line = "CPU:0 [LOST 7 EVENTS]\n";
        string text = string.Concat(Enumerable.Repeat(Line, (4 << 20) / Line.Length));
        int lines = text.Count(c => c == '\n');
        Write(Path, Whole, [], (writer, _) =>
        {
            for (int chunk = 0; chunk < 6; chunk++) writer.AddChunk(0, 1 + ((long)chunk * lines), lines, System.Text.Encoding.UTF8.GetBytes(text));
        });
        Age();
        Assert.InRange(new FileInfo(Path).Length, 0, 1 << 20);
        UserError error = Assert.Throws<UserError>(() => CaptureUpgrade.Open(Path, CancellationToken.None));
        Assert.Contains("more rows than a capture of its size can have", error.Message);
        Assert.Equal(ExitCode.Unable, error.ExitCode);
    }

    [Fact]
    public void Bit_flips_and_truncations_are_answered_or_refused()
    {
        WriteEarlier();
        byte[] whole = File.ReadAllBytes(Path);
        Dictionary<ExitCode, int> answers = [];
        for (int seed = 0; seed < 150; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = random.Next(4) == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int n = random.Next(1, 9); n > 0 && damaged.Length > 0; n--) damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Path, damaged);
            try
            {
                foreach (int reader in (int[])[0, 1 + (seed % (EveryReader.Count - 1))])
                {
                    ExitCode code = EveryReader.On(Path, reader).Code;
                    answers[code] = answers.GetValueOrDefault(code) + 1;
                }
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}: {error}");
            }
        }

        Assert.Empty(answers.Keys.Except([ExitCode.Done, ExitCode.Incomplete, ExitCode.Unable]));
        Assert.True(answers.ContainsKey(ExitCode.Unable) && answers.Count > 1, "nothing was damaged, or nothing was answered");
    }

    private List<(string Name, ExitCode Code, string? Message)> Read()
    {
        byte[] before = File.ReadAllBytes(Path);
        List<(string Name, ExitCode Code, string? Message)> answers = [.. EveryReader.On(Path)];
        Assert.Equal(before, File.ReadAllBytes(Path));
        Assert.Equal(["c.db"], _scratch.Names);
        return answers;
    }

    private void WriteEarlier()
    {
        Write(
            Path, Whole with { WitnessDrops = 3 },
            [(0, EventAndStack(101, E1000) + EventAndStack(102, Backlog) + "CPU:0 [LOST 7 EVENTS]\n" + Event(103) + "garbage\n")],
            (writer, recorder) =>
            {
                recorder.AddRingLoss(0, 14);
                AddCounters(writer);
                writer.AddClock(new ClockReading(100_000_000_000, 100_000_000_000, 1_700_000_000_000_000_000));
                writer.AddInterface(new DropForensics.Core.Model.InterfaceRow(4026531840, 2, "eth0", "e1000", null, "e1000"));
            });
        Age();
    }

    // As version 2 was.
    private void Age() => Change(
        Path, "PRAGMA user_version = 2; DROP TABLE kernel_count; DROP TABLE relief; ALTER TABLE capture RENAME max_rate TO x; ALTER TABLE capture RENAME redacted TO y; "
            + "UPDATE line_count SET lines = lines + (SELECT total(lines) FROM line_count WHERE kind = 'frame') WHERE kind = 'stack'; DELETE FROM line_count WHERE kind = 'frame'");
}
