using System.Buffers.Binary;
using System.Text;
using DropForensics.Capture.Network;
using Xunit;

namespace DropForensics.Tests.Capture.Network;

/// <summary>A dump of links as the kernel sends it, in datagrams made here.</summary>
public sealed class NetlinkLinksTests
{
    private const ushort Link = 16, Error = 2, Done = 3, Multi = 2, Interrupted = 0x10;

    [Fact]
    public void A_dump_in_several_datagrams_is_one_list()
    {
        var links = Collect(out var isConsistent, [.. NewLink(1, "lo"), .. NewLink(2, "eth0")], NewLink(3, "veth0"), End());
        Assert.Equal(["lo", "eth0", "veth0"], links.Select(link => link.Name));
        Assert.True(isConsistent);
    }

    [Theory]
    [InlineData(Interrupted, 0)]
    [InlineData(0, Interrupted)]
    public void A_dump_that_the_kernel_calls_interrupted_is_not_consistent(ushort onLink, ushort onDone)
    {
        Assert.Single(Collect(out var isConsistent, NewLink(1, "lo", onLink), End(onDone)));
        Assert.False(isConsistent);
    }

    // eth0 gave its name away between two datagrams: the kernel does not flag that.
    [Fact]
    public void A_name_that_two_links_have_is_not_consistent_and_both_stay()
    {
        var links = Collect(out var isConsistent, NewLink(2, "eth0"), NewLink(3, "eth0"), End());
        Assert.Equal([2, 3], links.Select(link => link.Index));
        Assert.False(isConsistent);
    }

    [Fact]
    public void An_index_that_comes_twice_is_not_consistent_and_the_later_stays()
    {
        var links = Collect(out var isConsistent, NewLink(2, "old"), NewLink(2, "new"), End());
        Assert.Equal("new", Assert.Single(links).Name);
        Assert.False(isConsistent);
    }

    [Fact]
    public void A_refusal_is_an_error_with_the_systems_words()
    {
        const int PermissionDenied = 13;
        var refused = Assert.Throws<IOException>(() => Collect(out _, Message(Error, 0, [.. Int32(-PermissionDenied), .. new byte[16]])));
        Assert.Contains("ermission denied", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dump_that_the_kernel_breaks_off_is_an_error_and_no_short_list()
    {
        const int NoBuffer = 105;
        Assert.Throws<IOException>(() => Collect(out _, NewLink(1, "lo"), Message(Done, Multi, Int32(-NoBuffer))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(1000)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_message_of_an_impossible_length_is_an_error_and_no_endless_loop(int length) =>
        Assert.Throws<IOException>(() => Collect(out _, [.. Int32(length), .. new byte[29]]));

    [Fact]
    public void A_datagram_cut_anywhere_ends_with_an_error()
    {
        var datagram = NewLink(2, "eth0");
        for (var length = 1; length < datagram.Length; length++)
        {
            var cut = datagram[..length];
            Assert.Throws<IOException>(() => Collect(out _, cut));
        }
    }

    private static IReadOnlyList<NetlinkLink> Collect(out bool isConsistent, params byte[][] datagrams)
    {
        var next = 0;
        return NetlinkLinks.Collect(() => datagrams[next++], out isConsistent);
    }

    private static byte[] NewLink(int index, string name, ushort flags = 0)
    {
        var text = Encoding.UTF8.GetBytes(name + "\0");
        byte[] attribute = [(byte)(4 + text.Length), 0, 3, 0, .. text, .. new byte[-text.Length & 3]];
        return Message(Link, (ushort)(Multi | flags), [0, 0, 1, 0, .. Int32(index), .. new byte[8], .. attribute]);
    }

    private static byte[] End(ushort flags = 0) => Message(Done, (ushort)(Multi | flags), new byte[4]);

    private static byte[] Message(ushort type, ushort flags, byte[] body) =>
        [.. Int32(16 + body.Length), (byte)type, 0, (byte)flags, (byte)(flags >> 8), .. new byte[8], .. body];

    private static byte[] Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
