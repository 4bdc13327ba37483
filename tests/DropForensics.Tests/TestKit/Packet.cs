using System.Buffers.Binary;
using System.Net;

namespace DropForensics.Tests.TestKit;

/// <summary>Packets, header by header. Addresses are 192.0.2.1 to 198.51.100.2 and 2001:db8::1 to 2001:db8::2.</summary>
internal static class Packet
{
    public static readonly UInt128 V4Source = 0xc0000201, V4Destination = 0xc6336402;
    public static readonly UInt128 V6Source = new(0x20010db800000000, 1), V6Destination = new(0x20010db800000000, 2);

    /// <summary>What no test wants to see again behind the headers.</summary>
    public static byte[] Payload(int length) => Enumerable.Repeat((byte)0xee, length).ToArray();

    public static byte[] Ethernet(int type, byte[] payload, params (int Type, int Id)[] tags) =>
        [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, .. tags.SelectMany(tag => (byte[])[.. U16(tag.Type), .. U16(tag.Id)]), .. U16(type), .. payload];

    public static byte[] Arp(int operation) =>
        [0, 1, 8, 0, 6, 4, .. U16(operation), 2, 0, 0, 0, 0, 1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 198, 51, 100, 2];

    public static byte[] Ipv4(int protocol, byte[] payload, int optionWords = 0, int fragment = 0) =>
    [
        (byte)(0x45 + optionWords), 0, .. U16(20 + 4 * optionWords + payload.Length), 0, 1, .. U16(fragment), 64, (byte)protocol, 0xab, 0xcd,
        192, 0, 2, 1, 198, 51, 100, 2, .. Enumerable.Repeat((byte)1, 4 * optionWords), .. payload,
    ];

    public static byte[] Ipv6(int next, byte[] payload) =>
        [0x60, 0, 0, 0, .. U16(payload.Length), (byte)next, 64, .. IPAddress.Parse("2001:db8::1").GetAddressBytes(), .. IPAddress.Parse("2001:db8::2").GetAddressBytes(), .. payload];

    /// <summary>An extension header of 8 + 8 × <paramref name="more"/> bytes.</summary>
    public static byte[] Extension(int next, int more, byte[] payload) => [(byte)next, (byte)more, .. new byte[6 + 8 * more], .. payload];

    /// <param name="offset">In units of 8 bytes.</param>
    public static byte[] Fragment(int next, int offset, byte[] payload) => [(byte)next, 0, .. U16(offset << 3 | 1), 0, 0, 0, 7, .. payload];

    /// <summary>An authentication header of 24 bytes.</summary>
    public static byte[] Authentication(int next, byte[] payload) => [(byte)next, 4, .. new byte[22], .. payload];

    public static byte[] Udp(int source, int destination, byte[] payload) => [.. U16(source), .. U16(destination), .. U16(8 + payload.Length), 0, 0, .. payload];

    public static byte[] Tcp(int source, int destination, int optionWords, byte[] payload) =>
        [.. U16(source), .. U16(destination), 0, 0, 0, 1, 0, 0, 0, 2, (byte)(5 + optionWords << 4), 2, 1, 0, 0, 0, 0, 0, .. Enumerable.Repeat((byte)1, 4 * optionWords), .. payload];

    public static byte[] Icmp(int type, int code, byte[] payload) => [(byte)type, (byte)code, 1, 2, 3, 4, 5, 6, .. payload];

    public static byte[] Sctp(int source, int destination, byte[] payload) => [.. U16(source), .. U16(destination), 1, 2, 3, 4, 5, 6, 7, 8, .. payload];

    public static byte[] Dccp(int source, int destination, bool isLong, byte[] payload) =>
        [.. U16(source), .. U16(destination), 4, 0, 1, 1, (byte)(isLong ? 1 : 0), 1, 1, 1, .. new byte[isLong ? 4 : 0], .. payload];

    public static byte[] Vxlan(byte[] frame) => [8, 0, 0, 0, 0, 0, 42, 0, .. frame];

    /// <summary>With checksum, key and sequence number, or without any of them.</summary>
    public static byte[] Gre(int type, bool isFull, byte[] payload) => [.. U16(isFull ? 0xb000 : 0), .. U16(type), .. new byte[isFull ? 12 : 0], .. payload];

    private static byte[] U16(int value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }
}
