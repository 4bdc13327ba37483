using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Store;

/// <summary>What the views of schema.sql make of the tables.</summary>
public sealed class ViewTests : IDisposable
{
    private const long Second = 1_000_000_000;

    private static readonly CallStack Udp = Made.Stack(
        "trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 __udp4_lib_rcv+0x4bc/0xd00 e1000_clean+0x296/0x6b0 [e1000]");

    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Every_view_can_be_read_in_an_empty_capture()
    {
        Write(_ => { });
        foreach (object?[] view in Query("SELECT name FROM sqlite_schema WHERE type = 'view'")) Assert.Empty(Query($"SELECT * FROM {view[0]}"));
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
