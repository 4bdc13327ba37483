using System.Buffers.Binary;
using DropForensics.Capture.Network;
using Xunit;

namespace DropForensics.Tests.Capture.Network;

public sealed class NetlinkLinkTests
{
    private static readonly byte[] Body =
    [
        .. Info(index: 7),
        .. Attribute(3, "mv0\0"u8),
        .. Attribute(1, [0x56, 0x87]),
        .. Attribute(5, Int32(3)),
        .. Attribute(37, Int32(1)),
        .. Attribute(10, Int32(4)),
        .. Attribute(0x8000 | 18, [.. Attribute(1, "vxlan\0"u8), .. Attribute(2, Attribute(3, Int32(9)))]),
    ];

    [Fact]
    public void Each_attribute_finds_its_place() =>
        Assert.Equal(new NetlinkLink(7, "mv0", false, "vxlan", 3, 1, 4, 9, "5687"), NetlinkLink.TryParse(Body));

    [Fact]
    public void Every_truncation_returns_without_throwing()
    {
        for (var length = 0; length < Body.Length; length++)
        {
            Assert.Equal(length >= 16, NetlinkLink.TryParse(Body.AsSpan(0, length)) is not null);
        }
    }

    [Fact]
    public void Any_byte_may_be_any_other()
    {
        foreach (var value in new byte[] { 0, 1, 3, 0x7f, 0xff })
        {
            for (var at = 0; at < Body.Length; at++)
            {
                var damaged = (byte[])Body.Clone();
                damaged[at] = value;
                Assert.NotNull(NetlinkLink.TryParse(damaged));
            }
        }
    }

    private static byte[] Info(int index) => [0, 0, 1, 0, .. Int32(index), .. new byte[8]];

    private static byte[] Attribute(int type, ReadOnlySpan<byte> value)
    {
        var attribute = new byte[(4 + value.Length + 3) & ~3];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute.AsSpan(2), (ushort)type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }

    private static byte[] Int32(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return bytes;
    }
}
