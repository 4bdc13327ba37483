using System.Buffers.Binary;
using DropForensics.Capture.Rules;
using Xunit;
using static DropForensics.Tests.TestKit.NetlinkBytes;

namespace DropForensics.Tests.Capture.State;

/// <summary>Filters of traffic control as rtnetlink describes them.</summary>
public sealed class TcFilterTests
{
    // Priority 5, IPv4, handle 1.
    private static readonly byte[] Head = [0, 0, 0, 0, .. Int(7), .. Int(1), .. Int(unchecked((int)0xfffffff2)), 0x08, 0x00, 5, 0];

    [Fact]
    public void A_filter_has_its_actions_each_with_its_verdict_and_counts()
    {
        byte[] statistics = [.. Attribute(1, [.. Long(900), .. Int(9), .. Int(0)]), .. Attribute(7, [.. Long(1), .. Int(1), .. Int(0)]), .. Attribute(3, [.. Int(0), .. Int(0), .. Int(8), .. Int(0), .. Int(0)])];
        byte[] gact = [.. Attribute(1, "gact\0"u8), .. Attribute(4, statistics), .. Attribute(2, Attribute(2, [.. Int(33), .. Int(0), .. Int(2), .. Int(1), .. Int(1)]))];
        byte[] police = [.. Attribute(1, "police\0"u8), .. Attribute(2, Attribute(1, [.. Int(4), .. Int(3), .. Int(0)]))];
        byte[] message = [.. Head, .. Attribute(1, "flower\0"u8), .. Attribute(11, Int(2)), .. Attribute(2, [.. Attribute(9, [17]), .. Attribute(3, [.. Attribute(1, gact), .. Attribute(2, police)])])];

        TcFilter? filter = TcFilter.TryParse(message);

        Assert.Equal(("flower", 5, "ip", 1u, 2u, "ip_proto udp"), (filter?.Kind, filter?.Priority, filter?.ProtocolName, filter?.Handle, filter?.Chain, filter?.What));
        Assert.Equal(
            [("gact", 33u, "drop", 9ul, 8u), ("police", 4u, "pipe", (ulong?)null, (uint?)null)],
            filter?.Actions.Select(action => (action.Kind, action.Index ?? 0, action.Verdict ?? "", action.Counts.Packets, action.Counts.Drops)) ?? []);
        for (int length = 0; length < message.Length; length++) _ = TcFilter.TryParse(message.AsSpan(0, length));
    }

    [Fact]
    public void More_packets_than_32_bits_hold_are_counted()
    {
        byte[] basic = Attribute(1, [.. Long(900), .. Int(9), .. Int(0)]), all = Attribute(8, Long(5_000_000_009));

        Assert.Equal(5_000_000_009ul, TcStatistics.Parse([.. basic, .. all]).Packets);
        Assert.Equal(5_000_000_009ul, TcStatistics.Parse([.. all, .. basic]).Packets);
    }

    [Fact]
    public void A_program_that_decides_has_its_name_and_id()
    {
        TcFilter? filter = TcFilter.TryParse([.. Head, .. Attribute(1, "bpf\0"u8), .. Attribute(2, [.. Attribute(7, "policy.o:[tc]\0"u8), .. Attribute(8, Int(1)), .. Attribute(11, Int(12))])]);

        Assert.Equal(("policy.o:[tc] id 12", true), (filter?.What, filter?.IsDecidedByProgram));
    }

    [Fact]
    public void What_stands_for_several_filters_is_none()
    {
        Assert.Null(TcFilter.TryParse([.. Head[..8], .. Int(0), .. Head[12..], .. Attribute(1, "flower\0"u8)]));
        Assert.Null(TcFilter.TryParse([.. Head, .. Attribute(1, "u32\0"u8), .. Attribute(2, Attribute(4, Int(1)))]));
    }

    [Fact]
    public void Flower_is_written_as_tc_does_as_far_as_its_keys_are_known()
    {
        Assert.Equal("src_ip 10.0.0.0/8 dst_ip 10.1.2.3", FlowerText.Of([.. Attribute(10, [10, 0, 0, 0]), .. Attribute(11, [255, 0, 0, 0]), .. Attribute(12, [10, 1, 2, 3]), .. Attribute(13, [255, 255, 255, 255])]));
        Assert.Equal("src_ip fd00::/8", FlowerText.Of([.. Attribute(14, [0xfd, .. new byte[15]]), .. Attribute(15, [255, .. new byte[15]])]));
        Assert.Equal("src_ip 10.0.0.1/0xff0000ff", FlowerText.Of([.. Attribute(10, [10, 0, 0, 1]), .. Attribute(11, [255, 0, 0, 255])]));
        Assert.Equal("src_mac 02:00:00:00:00:01 vlan_id 7", FlowerText.Of([.. Attribute(6, [2, 0, 0, 0, 0, 1]), .. Attribute(7, [255, 255, 255, 255, 255, 255]), .. Attribute(23, [7, 0])]));
        Assert.Equal("dst_port 80 …", FlowerText.Of([.. Attribute(19, [0, 80]), .. Attribute(36, [255, 255]), .. Attribute(71, [0, 2])]));
        Assert.Null(FlowerText.Of([.. Attribute(8, [8, 0]), .. Attribute(22, Int(8)), .. Attribute(86, Int(0))]));
    }

    private static byte[] Long(ulong number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, number);
        return bytes;
    }
}
