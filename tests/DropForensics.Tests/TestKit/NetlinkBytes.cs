using System.Buffers.Binary;

namespace DropForensics.Tests.TestKit;

/// <summary>Parts of a netlink message, as the kernel lays them out on this machine.</summary>
internal static class NetlinkBytes
{
    /// <summary>A number of four bytes.</summary>
    public static byte[] Int(int number)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }

    /// <summary>An attribute, filled up to four bytes.</summary>
    public static byte[] Attribute(ushort type, ReadOnlySpan<byte> value)
    {
        byte[] attribute = new byte[4 + ((value.Length + 3) & ~3)];
        BinaryPrimitives.WriteUInt16LittleEndian(attribute, (ushort)(4 + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(attribute.AsSpan(2), type);
        value.CopyTo(attribute.AsSpan(4));
        return attribute;
    }
}
