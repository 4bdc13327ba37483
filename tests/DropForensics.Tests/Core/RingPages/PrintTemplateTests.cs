using System.Buffers.Binary;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.RingPages;

public sealed class PrintTemplateTests
{
    private const string Common =
        "ID: 77\nformat:\n\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;\n"
        + "\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;\n\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    private const string Eprobe =
        "name: drop\n" + Common
        + "\tfield:u64 loc;\toffset:8;\tsize:8;\tsigned:0;\n\tfield:s32 ifindex;\toffset:16;\tsize:4;\tsigned:1;\n\tfield:u16 mac;\toffset:20;\tsize:2;\tsigned:0;\n"
        + "\tfield:u64 pkt96[];\toffset:24;\tsize:16;\tsigned:0;\n\tfield:__data_loc char[] dev;\toffset:40;\tsize:4;\tsigned:1;\n\n"
        + "print fmt: \" loc=%pS ifindex=%d mac=%u pkt96={0x%Lx,0x%Lx} dev=\\\"%s\\\"\", (void *)REC->loc, REC->ifindex, REC->mac, REC->pkt96[0], REC->pkt96[1], __get_str(dev)\n";

    [Theory]
    [InlineData("lo\0", "dev=\"lo\"\n")]
    [InlineData("", "dev=(fault)\n")]
    public void An_eprobe_prints_what_it_is_attached_to_then_its_fields(string device, string expected)
    {
        var renderer = RingPageWriter.Try(out var refusal, Eprobe, attachedTo: "skb.kfree_skb");
        Assert.True(renderer is not null, refusal);

        Assert.EndsWith(
            ": drop: (skb.kfree_skb) loc=udp_rcv+0x10/0xee0 ifindex=-2 mac=65535 pkt96={0xab,0x0} " + expected,
            RingPageWriter.Render(renderer, new RingPageWriter(0).Record(0, Record(device)).ToPage()));
    }

    [Fact]
    public void A_kprobe_prints_where_it_sits()
    {
        var format = Eprobe.Replace("u64 loc;", "unsigned long __probe_ip;").Replace("\" loc=%pS ", "\"(%lx) ").Replace("(void *)REC->loc", "REC->__probe_ip");

        var renderer = RingPageWriter.Try(out var refusal, format);
        Assert.True(renderer is not null, refusal);

        Assert.Contains(": drop: (udp_rcv+0x10/0xee0) ifindex=-2 ", RingPageWriter.Render(renderer, new RingPageWriter(0).Record(0, Record("lo\0")).ToPage()));
    }

    [Fact]
    public void A_string_that_is_said_to_lie_elsewhere_is_not_followed()
    {
        var record = Record("lo\0");
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(40), 0xFFFF0030);

        Assert.Equal(
            "unreadable record of 48 bytes in the ring\n",
            RingPageWriter.Render(RingPageWriter.Renderer(Eprobe), new RingPageWriter(0).Record(0, record).ToPage()));
    }

    [Theory]
    [InlineData("\"%s\", __print_flags(REC->mac, \"|\", { 1, \"A\" })", "%s of __print_flags")]
    [InlineData("\"%s\", REC->mac", "%s of REC->mac")]
    [InlineData("\"%d\", REC->absent", "%d of REC->absent")]
    [InlineData("\"%d\", REC->pkt96[2]", "%d of REC->pkt96[2]")]
    [InlineData("\"%d\", REC->pkt96", "%d of REC->pkt96")]
    [InlineData("\"%*d\", REC->mac", "%* of REC->mac")]
    [InlineData("\"%pI4\", REC->mac", "%pI of REC->mac")]
    [InlineData("\"%d\"", "%d of ")]
    [InlineData("\"none\", REC->mac", "more arguments")]
    [InlineData("none", "no string")]
    public void What_is_not_understood_is_refused_and_named(string print, string why)
    {
        Assert.Null(RingPageWriter.Try(out var refusal, Eprobe[..Eprobe.IndexOf("print fmt", StringComparison.Ordinal)] + $"print fmt: {print}\n"));

        Assert.Contains(why, refusal);
    }

    [Fact]
    public void Hashed_pointers_are_refused() => Assert.Null(RingPageWriter.Try(out _, hashes: true));

    [Theory]
    [InlineData("")]
    [InlineData("\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n")]
    [InlineData("\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n\tfield: char data;\toffset:8;\tsize:4080;\tsigned:0;\n")]
    public void A_page_laid_out_in_an_unknown_way_is_refused(string headerPage) =>
        Assert.Null(RingPageWriter.Try(out _, headerPage: headerPage));

    private static byte[] Record(string device)
    {
        var record = new byte[48];
        record[0] = 77;
        record[4] = 7;
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(8), 0xffffffff81001130);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(16), -2);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(20), 65535);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(24), 0xab);
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(40), (uint)(device.Length << 16) | 44);
        for (var i = 0; i < device.Length; i++) record[44 + i] = (byte)device[i];
        return record;
    }
}
