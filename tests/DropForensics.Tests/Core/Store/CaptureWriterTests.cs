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
    public void Every_view_can_be_read_in_an_empty_capture()
    {
        Write(_ => { });
        foreach (object?[] view in Query("SELECT name FROM sqlite_schema WHERE type = 'view'")) Assert.Empty(Query($"SELECT * FROM {view[0]}"));
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
    public void A_drop_reads_in_full_from_the_view()
    {
        Write(writer =>
        {
            writer.SetCapture(Made.Capture());
            writer.AddClock(new ClockReading(Second, Second, 1_795_338_136 * Second + 500));
            var attribution = new SiteAttribution
            {
                FirstFrame = 2,
                Function = "__udp4_lib_rcv",
                FunctionRule = "stack",
                Entry = "e1000_clean",
                Driver = "e1000",
                DriverRule = "module",
            };
            int site = writer.InternSite("kfree_skb", "__udp4_lib_rcv+0x4bc/0xd00", Udp, attribution);
            Add(writer, Made.Drop(Second + 773_512_000, Udp, rawLine: 42), Second, site, writer.InternReason(Made.NoSocket));
        });
        Assert.Equal(
            [[
                1L, "2026-11-22T09:02:16.773512Z", 773_512_000L, 1L, 4711L, "dropgen", "NO_SOCKET", "core", "__udp4_lib_rcv",
                "__udp4_lib_rcv+0x4bc/0xd00", null, "e1000", "module", null, null, null, null, 2048L, null, null, null, null, null, 1L, 42L,
                null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
            ]],
            Query("SELECT * FROM drops"));
        Assert.Equal(
            [[1L, 0L, "__udp4_lib_rcv", 0x4bcL, null], [1L, 1L, "e1000_clean", 0x296L, "e1000"]],
            Query("SELECT * FROM frames ORDER BY depth"));
        Assert.Equal(4L, Query("SELECT count(*) FROM stack_frame")[0][0]);
    }

    [Fact]
    public void A_packet_reads_in_full_from_the_view()
    {
        Write(writer =>
        {
            writer.AddInterface(new InterfaceRow(4026531840, 3, "eth0.5", "802.1Q VLAN Support", "2", "e1000"));
            var outer = new PacketFlow { EtherType = 2048, IpProtocol = 17, Vlan = 5, Source = 0xc0000201, Destination = 0xc0000202, SourcePort = 40001, DestinationPort = 4789 };
            var inner = new PacketFlow { EtherType = 34525, IpProtocol = 58, Source = UInt128.One, Destination = UInt128.One + 1, Type = 128, Code = 0 };
            DropEvent drop = Made.Drop(Second) with
            {
                Interface = new DropInterface(4026531840, 3, "eth0.5"),
                IncomingIfIndex = 3,
                Length = 1400,
                Headers = new PacketHeaders(outer, "vxlan", inner),
            };
            int site = writer.InternSite("drop", "udp_rcv+0x4/0x8", null, new SiteAttribution { Driver = "veth", DriverRule = "backlog" });
            for (int i = 0; i < 2; i++)
            {
                writer.AddDrop(
                    drop, Second, writer.InternTask(drop), site, null, writer.InternInterface(drop.Interface.Value), writer.InternFlow(drop.Headers.Value));
            }
        });
        Assert.Equal(
            [["e1000", "interface", "eth0.5", 3L, 4026531840L, 1400L, 3L, 5L, 17L, "192.0.2.1", "192.0.2.2", 40001L, 4789L, null, "vxlan", 58L, "::1", "::2", null]],
            Query("""
                SELECT DISTINCT driver, driver_rule, interface, ifindex, netns, length, iif, vlan, ip_protocol, src, dst, sport, dport, icmp_type, tunnel,
                       inner_ip_protocol, inner_src, inner_dst, inner_dport FROM drops
                """));
        Assert.Equal([[34525L, 128L, 0L]], Query("SELECT inner_ethertype, inner_type, inner_code FROM flow"));
    }

    [Fact]
    public void Times_follow_the_wall_clock_over_a_step()
    {
        Write(writer =>
        {
            writer.SetCapture(Made.Capture(openedNs: 10 * Second));
            writer.AddClock(new ClockReading(10 * Second, 10 * Second, 1_000_000 * Second));
            writer.AddClock(new ClockReading(11 * Second, 11 * Second, 1_000_001 * Second));
            writer.AddClock(new ClockReading(12 * Second, 12 * Second, 1_003_602 * Second)); // set forward by an hour
            int site = writer.InternSite("kfree_skb", null, null, new SiteAttribution());
            foreach (long time in (long[])[9_500_000_000, 10_250_000_000, 11_999_999_999, 12_000_000_000, 15_000_001_000])
                Add(writer, Made.Drop(time), 10 * Second, site, null);
        });
        Assert.Equal(
            [
                [-500_000_000L, "1970-01-12T13:46:39.500000Z"], // before the first reading: by the first one
                [250_000_000L, "1970-01-12T13:46:40.250000Z"],
                [1_999_999_999L, "1970-01-12T13:46:41.999999Z"],
                [2_000_000_000L, "1970-01-12T14:46:42.000000Z"],
                [5_000_001_000L, "1970-01-12T14:46:45.000001Z"],
            ],
            Query("SELECT t_ns, time_utc FROM drops ORDER BY t_ns"));
    }

    [Fact]
    public void A_time_of_an_unknown_clock_is_unknown()
    {
        Write(writer =>
        {
            writer.SetCapture(Made.Capture() with { TraceClock = null });
            writer.AddClock(new ClockReading(Second, Second, Second));
            Add(writer, Made.Drop(Second), Second, writer.InternSite("kfree_skb", null, null, new SiteAttribution()), null);
        });
        Assert.Equal([[null, null]], Query("SELECT time_utc, reason FROM drops"));
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
    public void A_cpu_lost_the_larger_of_what_lines_and_ring_say()
    {
        Write(writer =>
        {
            writer.AddLoss(new LossEvent(0, 5, 3 * Second, 100), Second);
            writer.AddLoss(new LossEvent(0, 9, 4 * Second, null), Second);
            writer.AddLoss(new LossEvent(1, 1, null, 64), Second);
            writer.AddRingLoss(0, 250);
            writer.AddRingLoss(1, 32);
        });
        Assert.Equal([[0L, 250L, 1L], [1L, 64L, 0L]], Query("SELECT * FROM lost ORDER BY cpu"));
        Assert.Equal([[2 * Second], [3 * Second], [null], [null], [null]], Query("SELECT t_ns FROM loss ORDER BY id"));
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
