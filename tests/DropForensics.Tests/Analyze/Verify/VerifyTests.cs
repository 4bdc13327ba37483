using System.Text.Json;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Verify;

public sealed class VerifyTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("drivers")]
    [InlineData("e1000")]
    [InlineData("example")]
    [InlineData("packets")]
    public void A_recorded_capture_agrees_with_itself(string name)
    {
        VerifyResult result = Check(Repository.At("fixtures", "captures", $"{name}.db"));

        Assert.Empty(result.Differences);
        Assert.True(result.DropsStored > 0);
        Assert.Equal(result.DropsStored, result.DropsFound);
    }

    [Fact]
    public void Every_trace_fixture_agrees_when_imported()
    {
        foreach (string trace in Directory.EnumerateFiles(Repository.At("fixtures", "traces"), "*.txt"))
        {
            using (CaptureWriter writer = CaptureWriter.Create(Path, force: true))
            {
                TraceFixture fixture = TraceFixture.Load(System.IO.Path.GetFileNameWithoutExtension(trace));
                var recorder = new Recorder(writer, ReasonTable.Empty) { Format = fixture.Format };
                recorder.Feed(null, fixture.Bytes);
                recorder.Complete();
                writer.SetCapture(Made.Capture(recorder.OpenedNs) with { Ended = "end of text", Transport = TextDecoders.TransportOf(fixture.Format) });
                writer.Finish();
            }

            VerifyResult result = Check(Path);
            Assert.True(result.Agrees, $"{trace}: {string.Join("; ", result.Differences.SelectMany(kind => kind.First))}");
        }
    }

    // One change of each kind, made in the small capture of WriteSample: what is said of it.
    [Theory]
    [InlineData("UPDATE drop_event SET t_ns = t_ns + 1000 WHERE id = 2", "drop_event.t_ns", "2000001000", "2000000000")]
    [InlineData("UPDATE drop_event SET ethertype = 34525 WHERE id = 1", "drop_event.ethertype", "34525", "2048")]
    [InlineData("UPDATE drop_event SET length = 7 WHERE id = 1", "drop_event.length", "7", null)]
    [InlineData("UPDATE drop_event SET iif = 7 WHERE id = 1", "drop_event.iif", "7", null)]
    [InlineData("UPDATE drop_event SET reason_id = NULL WHERE id = 1", "drop_event.reason_id", null, "NO_SOCKET")]
    [InlineData("UPDATE drop_event SET reason_id = 77 WHERE id = 1", "drop_event.reason_id", "77", "no row of reason")]
    [InlineData("DELETE FROM drop_event WHERE id = 1", "drop_event.*", null, "a drop in that line")]
    [InlineData("INSERT INTO drop_event SELECT 99, t_ns, cpu, task_id, reason_id, site_id, ethertype, 99, interface_id, iif, length, flow_id, owner_id FROM drop_event WHERE id = 1", "drop_event.*", "a drop", "no drop in that line")]
    [InlineData("UPDATE drop_event SET raw_line = 98 WHERE id = 1", "drop_event.*", "a drop", "no drop in that line")]
    [InlineData("UPDATE task SET comm = 'sshd' WHERE id = 1", "task.comm", "sshd", "<idle>")]
    [InlineData("UPDATE task SET pid = 3 WHERE id = 1", "task.pid", "3", "0")]
    [InlineData("INSERT INTO task (id, pid, comm) VALUES (9, 1, 'init')", "task.*", "a row", "nothing that points to it")]
    [InlineData("UPDATE reason SET name = 'TCP_CSUM' WHERE id = 1", "reason.name", "TCP_CSUM", "NO_SOCKET")]
    [InlineData("UPDATE site SET function = 'udp_rcv' WHERE id = 1", "site.function", "udp_rcv", "__udp4_lib_rcv")]
    [InlineData("UPDATE site SET driver = 'igb' WHERE id = 1", "site.driver", "igb", "e1000")]
    [InlineData("UPDATE site SET driver_candidates = 'igb, e1000' WHERE id = 1", "site.driver_candidates", "igb, e1000", null)]
    [InlineData("UPDATE site SET location = 'x+0x1/0x2' WHERE id = 1", "site.location", "x+0x1/0x2", "__udp4_lib_rcv+0x4bc/0xd00")]
    [InlineData("UPDATE site SET stack_id = NULL WHERE id = 1", "site.stack_id", "no stack", "a stack")]
    [InlineData("UPDATE stack SET first_frame = 0 WHERE id = 1", "stack.first_frame", "0", "2")]
    [InlineData("UPDATE stack_frame SET offset = 1 WHERE stack_id = 1 AND position = 3", "stack_frame.symbol_id", "ip_protocol_deliver_rcu+0x1", "ip_protocol_deliver_rcu+0xb3")]
    [InlineData("DELETE FROM stack_frame WHERE stack_id = 1 AND position = 8", "stack_frame.*", "8 frames", "9 frames")]
    [InlineData("UPDATE symbol SET module = 'igb' WHERE module = 'e1000'", "stack_frame.symbol_id", "e1000_clean+0x296 [igb]", "e1000_clean+0x296 [e1000]")]
    [InlineData("UPDATE loss SET records = 8 WHERE source = 'line'", "loss.records", "8", "7")]
    [InlineData("UPDATE loss SET t_ns = 0 WHERE source = 'line'", "loss.t_ns", "0", "2000000000")]
    [InlineData("DELETE FROM loss WHERE source = 'line'", "loss.*", null, "a LOST line there")]
    [InlineData("UPDATE loss SET records = 40 WHERE source = 'stats'", "loss.records", "40", "14")]
    [InlineData("UPDATE line_count SET lines = lines + 1 WHERE kind = 'event'", "line_count.lines", "4", "3")]
    [InlineData("UPDATE unparsed SET text = 'rubbish'", "unparsed.*", "unparsed_prose: rubbish", null)]
    [InlineData("UPDATE raw_chunk SET sha256 = zeroblob(32)", "raw_chunk.sha256", "0000000000000000000000000000000000000000000000000000000000000000", null)]
    [InlineData("UPDATE raw_chunk SET lines = lines + 1", "raw_chunk.lines", "25", "24")]
    [InlineData("UPDATE capture SET witness_drops = 2", "capture.witness_drops", "2", "3 drops")]
    [InlineData("INSERT INTO kernel_count (source, cpu, drops) VALUES ('witness', 0, 5)", "capture.witness_drops", "3", "5")]
    [InlineData("UPDATE interface SET base_driver = 'igb' WHERE ifindex = 3", "interface.base_driver", "igb", "e1000")]
    public void A_difference_is_named(string change, string where, string? stored, string? found)
    {
        WriteSample();
        Assert.Empty(Check(Path).Differences);
        Change(Path, "PRAGMA foreign_keys = 0; " + change);

        VerifyResult result = Check(Path);
        Difference difference = Assert.Single(
            result.Differences.Single(kind => $"{kind.Table}.{kind.Column}" == where).First.Take(1));
        Assert.Equal(stored, difference.Stored);
        if (where != "raw_chunk.sha256") Assert.Equal(found, difference.Found);
    }

    // A snapshot is taken before the kernel's counts are stored.
    [Fact]
    public void The_spans_of_a_sample_are_compared_with_their_CPUs_without_a_count_of_the_window()
    {
        Write(Path, Whole, [(0, Event(101) + Event(103))], (writer, _) =>
        {
            writer.AddArtifact(ArtifactPhase.After, 0, "sampled-spans.tsv", "opened_ns\tshut_ns\tdrops\tslack\n0\t9000000000\t5\t0\n"u8);
            writer.AddArtifact(ArtifactPhase.After, 0, "sampled-drops.tsv", "cpu\tdrops\tcounted\n0\t2\t9\n1\t3\t9\n"u8);
        });
        Assert.Empty(Check(Path).Differences);

        Change(Path, "UPDATE artifact SET content = cast(replace(content, char(9) || '3' || char(9), char(9) || '4' || char(9)) as blob) WHERE path = 'sampled-drops.tsv'");
        Assert.Equal(("6", "5"), Check(Path).Differences.SelectMany(kind => kind.First).Select(each => (each.Stored, each.Found)).Single());
    }

    [Fact]
    public void Text_that_was_changed_with_its_hash_shows_in_the_rows()
    {
        WriteSample();
        string text = Raw(Path, 0).Replace("NO_SOCKET", "NO_SOCKXX");
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(text), digest = new byte[Sha256.Size];
        Sha256.Hash(bytes, digest);
        Change(Path, $"UPDATE raw_chunk SET codec = 'text', data = x'{Convert.ToHexString(bytes)}', sha256 = x'{Convert.ToHexString(digest)}'");

        DifferenceKind kind = Assert.Single(Check(Path).Differences, kind => kind is { Table: "reason", Column: "name" });
        Assert.Equal(("NO_SOCKET", "NO_SOCKXX"), (kind.First[0].Stored, kind.First[0].Found));
    }

    [Fact]
    public void Behind_a_chunk_that_cannot_be_unpacked_nothing_is_called_wrong()
    {
        WriteSample();
        Change(Path, "UPDATE raw_chunk SET size = size - 1");
        VerifyResult result = Check(Path);

        Assert.Equal("raw_chunk.data", string.Join(' ', result.Differences.Select(kind => $"{kind.Table}.{kind.Column}")));
        Assert.Equal((3, 0, 3), (result.DropsStored, result.DropsFound, result.DropsNotCompared));
    }

    [Fact]
    public void A_missing_chunk_is_named_and_what_came_before_it_is_compared()
    {
        using (CaptureWriter writer = CaptureWriter.Create(Path, force: true))
        {
            var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = 100_000_000_000 };
            for (int i = 0; i < 3; i++)
            {
                recorder.Feed(0, System.Text.Encoding.ASCII.GetBytes(Event(101 + i) + Event(101.5 + i)));
                recorder.Commit();
            }

            recorder.Complete();
            writer.SetCapture(Whole);
            writer.Finish();
        }

        Change(Path, "DELETE FROM raw_chunk WHERE id = 2; UPDATE drop_event SET ethertype = 1 WHERE id = 1");
        VerifyResult result = Check(Path);
        Assert.Equal(["drop_event.ethertype", "raw_chunk.first_line"], result.Differences.Select(kind => $"{kind.Table}.{kind.Column}").Order());
        Assert.Equal((6, 1, 5), (result.DropsStored, result.DropsFound, result.DropsNotCompared)); // the second waits for a stack
    }

    [Fact]
    public void A_capture_whose_agent_died_agrees_up_to_the_second_it_died_in()
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: true);
        writer.SetCapture(Made.Capture(openedNs: 100_000_000_000));
        var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = 100_000_000_000 };
        string text = EventAndStack(101, E1000) + EventAndStack(102, Backlog) + EventAndStack(103, E1000);
        for (int cut = 0; cut < text.Length; cut += 97)
        {
            recorder.Feed(0, System.Text.Encoding.ASCII.GetBytes(text[cut..Math.Min(text.Length, cut + 97)]));
            recorder.Commit();
            VerifyResult result = Check(Path); // a copy of the file and its -wal, as a kill at this moment leaves them
            Assert.True(result.Agrees, $"at {cut}: {string.Join("; ", result.Differences.SelectMany(kind => kind.First))}");
        }

        // With its end noted the same file is not whole: the last stack was never written.
        writer.SetCapture(Whole);
        writer.Commit();
        Assert.Contains(Check(Path).Differences, kind => kind is { Table: "drop_event", Column: "*" });
    }

    [Fact]
    public void A_difference_ends_with_4_and_damage_with_3()
    {
        WriteSample();
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Done, VerifyJob.Run(Path, json: false, output, CancellationToken.None));
        Assert.Contains("no differences found", output.ToString());

        Change(Path, "UPDATE drop_event SET length = 7");
        Assert.Equal(ExitCode.Incomplete, VerifyJob.Run(Path, json: true, TextWriter.Null, CancellationToken.None));

        byte[] bytes = File.ReadAllBytes(Path);
        bytes.AsSpan(bytes.Length / 2, 4096).Fill(0xff);
        File.WriteAllBytes(Path, bytes);
        UserError error = Assert.Throws<UserError>(() => VerifyJob.Run(Path, json: false, TextWriter.Null, CancellationToken.None));
        Assert.Equal(ExitCode.Unable, error.ExitCode);
        Assert.Contains("damaged", error.Message);
    }

    [Fact]
    public void The_JSON_document_has_what_the_text_has()
    {
        WriteSample();
        Change(Path, "UPDATE task SET comm = 'a' || char(27) || '[2Jb'");
        using var text = new StringWriter();
        using var json = new StringWriter();
        VerifyJob.Run(Path, json: false, text, CancellationToken.None);
        VerifyJob.Run(Path, json: true, json, CancellationToken.None);

        Assert.DoesNotContain('\x1b', text.ToString());
        Assert.Contains(@"stored 'a\x1b[2Jb', found '<idle>'", text.ToString());
        JsonElement document = JsonDocument.Parse(json.ToString()).RootElement;
        Assert.False(document.GetProperty("agrees").GetBoolean());
        JsonElement kind = document.GetProperty("differences")[0];
        Assert.Equal(("task", "comm", 3L), (kind.GetProperty("table").GetString(), kind.GetProperty("column").GetString(), kind.GetProperty("count").GetInt64()));
        Assert.Equal("<idle>", kind.GetProperty("first")[0].GetProperty("found").GetString());
        Assert.Equal(3, document.GetProperty("drops_stored").GetInt64());
    }

    private static VerifyResult Check(string path)
    {
        using CaptureReader capture = CaptureReader.Open(path);
        return VerifyJob.Check(capture, CancellationToken.None);
    }

    private static string Raw(string path, int? cpu)
    {
        using CaptureReader capture = CaptureReader.Open(path);
        using var text = new MemoryStream();
        capture.ReadRaw(cpu, text);
        return System.Text.Encoding.ASCII.GetString(text.ToArray());
    }

    private void WriteSample() => Write(
        Path,
        Whole with { WitnessDrops = 3 },
        [(0, EventAndStack(101, E1000) + EventAndStack(102, Backlog) + "CPU:0 [LOST 7 EVENTS]\n" + Event(103) + "garbage\n")],
        (writer, _) =>
        {
            writer.AddRingLoss(0, 14);
            writer.AddArtifact(ArtifactPhase.Before, 0, "per_cpu/cpu0/stats", Stats(0));
            writer.AddArtifact(ArtifactPhase.After, 0, "per_cpu/cpu0/stats", Stats(14));
            writer.AddInterface(new(1, 2, "eth0", "e1000", null, "e1000"));
            writer.AddInterface(new(1, 3, "vlan7", "802.1q", "2", "e1000"));
        });

    private static byte[] Stats(int overrun) => System.Text.Encoding.ASCII.GetBytes(
        $"entries: 0\noverrun: {overrun}\ncommit overrun: 0\nbytes: 0\ndropped events: 0\nread events: 5\n");
}
