using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DropForensics.Tests.Core.Store;

public sealed class CaptureWriterTests : IDisposable
{
    private const long Second = 1_000_000_000;

    private static readonly CallStack Udp = Made.Stack(
        "trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 __udp4_lib_rcv+0x4bc/0xd00 e1000_clean+0x296/0x6b0 [e1000]");

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_finished_capture_is_one_file_that_says_what_it_is()
    {
        Write(writer => writer.SetCapture(Made.Capture()));
        Assert.Equal(["c.db"], _scratch.Names);
        Assert.Equal("DroF"u8, File.ReadAllBytes(Path).AsSpan(68, 4));
        Assert.Equal("delete", Query("PRAGMA journal_mode")[0][0]);
        Assert.Equal("ok", Query("PRAGMA integrity_check")[0][0]);
    }

    [Fact]
    public void The_row_of_the_capture_can_be_completed_at_the_end()
    {
        Write(writer =>
        {
            writer.SetCapture(Made.Capture());
            writer.SetCapture(Made.Capture() with { ClosedNs = 61 * Second, Ended = "duration", WitnessDrops = 7 });
        });
        Assert.Equal([[1L, "capture", Second, 61 * Second, "duration", 7L, null]],
            Query("SELECT id, tool, opened_ns, closed_ns, ended, witness_drops, host_name FROM capture"));
    }

    [Fact]
    public void Things_met_again_are_written_once()
    {
        Write(writer =>
        {
            for (int i = 0; i < 3; i++)
            {
                var attribution = new SiteAttribution { FirstFrame = 2 };
                var again = new CallStack([.. Udp.Frames]); // another decoder's instance
                int site = writer.InternSite("kfree_skb", null, again, attribution);
                Add(writer, Made.Drop(Second), Second, site, writer.InternReason(new DropReason("NO_SOCKET", 3, "core")));
            }

            Assert.Equal(1, writer.Stacks);
        });
        foreach (string table in (string[])["task", "reason", "stack", "site"]) Assert.Equal(1L, Query($"SELECT count(*) FROM {table}")[0][0]);
        Assert.Equal(4L, Query("SELECT count(*) FROM symbol")[0][0]);
        Assert.Equal(3L, Query("SELECT count(*) FROM drops")[0][0]);
    }

    [Fact]
    public void Counts_of_lines_are_replaced_stream_by_stream()
    {
        Write(writer =>
        {
            writer.SetLineCounts(null, new LineCounts { [LineKind.Event] = 1 });
            writer.SetLineCounts(null, new LineCounts { [LineKind.Event] = 2, [LineKind.UnparsedTooLong] = 3 });
            writer.SetLineCounts(0, new LineCounts { [LineKind.Event] = 4 });
            writer.AddUnparsed(0, new UnparsedLine(7, LineKind.UnparsedHeader, "?"));
        });
        Assert.Equal([[null, "event", 2L], [null, "unparsed_too_long", 3L], [0L, "event", 4L]], Query("SELECT * FROM line_count ORDER BY cpu, kind"));
        Assert.Equal([[0L, 7L, "unparsed_header", "?"]], Query("SELECT cpu, raw_line, kind, text FROM unparsed"));
    }

    [Fact]
    public void Host_files_and_interfaces_are_kept()
    {
        Write(writer =>
        {
            writer.AddArtifact(ArtifactPhase.Before, 0, "/proc/modules", ""u8);
            writer.AddArtifact(ArtifactPhase.After, 4026531840, "/proc/net/dev", [0, 0xff]);
            writer.AddInterface(new InterfaceRow(4026531840, 2, "eth0", null, null));
            writer.AddInterface(new InterfaceRow(4026531840, 2, "eth0", "e1000", "3 4"));
        });
        Assert.Equal([["after", 4026531840L, "00FF"], ["before", 0L, ""]], Query("SELECT phase, netns, hex(content) FROM artifact ORDER BY phase"));
        Assert.Equal([[1L, 4026531840L, 2L, "eth0", "e1000", "3 4", null]], Query("SELECT * FROM interface"));
    }

    [Fact]
    public void A_driver_found_later_is_that_sites_only()
    {
        Write(writer =>
        {
            var first = writer.InternSite("a", null, null, new SiteAttribution { Entry = "process_backlog" });
            writer.InternSite("b", null, null, new SiteAttribution { Entry = "process_backlog", Driver = "veth", DriverRule = "symbol" });
            writer.InternSite("c", null, null, new SiteAttribution { Entry = "e1000_clean" });
            writer.SetDriver(first, new SiteAttribution { Driver = "loopback", DriverRule = "backlog" });
        });
        Assert.Equal([["loopback", "backlog"], ["veth", "symbol"], [null, null]], Query("SELECT driver, driver_rule FROM site ORDER BY id"));
    }

    [Fact]
    public void What_was_not_committed_is_not_in_the_file()
    {
        using (CaptureWriter writer = CaptureWriter.Create(Path, force: false))
        {
            writer.SetCapture(Made.Capture());
            writer.AddRingLoss(0, 1);
            writer.Commit();
            writer.AddRingLoss(0, 2);
        }

        Assert.Equal([[1L]], Query("SELECT records FROM loss"));
    }

    [Fact]
    public void A_reader_that_holds_the_file_keeps_its_journal_and_loses_nothing()
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false);
        writer.SetCapture(Made.Capture());
        writer.AddRingLoss(0, 1);
        writer.Commit();
        using (var shell = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path, Pooling = false }.ConnectionString))
        {
            shell.Open();
            using SqliteCommand command = shell.CreateCommand();
            command.CommandText = "BEGIN; SELECT * FROM loss";
            command.ExecuteNonQuery();
            writer.WaitForOthers(milliseconds: 1);
            Assert.False(writer.Finish());
        }

        Assert.Equal([[1L]], Query("SELECT records FROM loss"));
    }

    [Fact]
    public void A_commit_writes_the_line_counts_that_changed_and_not_those_of_every_stream()
    {
        const int Streams = 512, Commits = 10, PageBytes = 4096 + 24;
        using CaptureWriter writer = CaptureWriter.Create(Path, force: false);
        var counts = new LineCounts { [LineKind.Event] = 1, [LineKind.Stack] = 20 };
        Commit(Streams);
        long before = writer.JournalBytes;
        for (int i = 0; i < Commits; i++)
        {
            counts = counts.Copy();
            counts[LineKind.Event]++;
            writer.SetLineCounts(0, counts);
            counts[LineKind.Event]--;
            Commit(Streams);
        }

        Assert.InRange((writer.JournalBytes - before) / Commits / PageBytes, 1, 4);

        void Commit(int streams)
        {
            for (int cpu = 1; cpu < streams; cpu++) writer.SetLineCounts(cpu, counts);
            writer.AddClock(new ClockReading(writer.JournalBytes, 0, 0));
            writer.Commit();
        }
    }

    [Fact]
    public void After_a_write_failed_the_end_can_still_be_told()
    {
        using (CaptureWriter writer = CaptureWriter.Create(Path, force: false))
        {
            writer.SetCapture(Made.Capture());
            writer.Commit();
            writer.LimitPages((int)(writer.SizeBytes / 4096) + 4); // what a full disk does
            var noise = new byte[200_000];
            new Random(1).NextBytes(noise);
            CaptureWriteException error = Assert.Throws<CaptureWriteException>(() => writer.AddChunk(0, 1, 1, noise));
            Assert.Equal(13, error.SqliteCode & 0xff); // SQLITE_FULL
            Assert.Contains(Path, error.Message);
            writer.Abandon();
            writer.SetCapture(Made.Capture() with { Ended = "disk full" });
            Assert.True(writer.Finish());
        }

        Assert.Equal([["disk full", 0L]], Query("SELECT ended, (SELECT count(*) FROM raw_chunk) FROM capture"));
    }

    private void Write(Action<CaptureWriter> write)
    {
        using CaptureWriter writer = CaptureWriter.Create(Path, force: true);
        writer.SetCapture(Made.Capture());
        write(writer);
        Assert.True(writer.Finish());
    }

    private List<object?[]> Query(string sql)
    {
        using CaptureReader reader = CaptureReader.Open(Path);
        return Rows.Of(reader, sql);
    }

    private static void Add(CaptureWriter writer, DropEvent drop, long openedNs, int site, int? reason) =>
        writer.AddDrop(drop, openedNs, writer.InternTask(drop), site, reason);
}
