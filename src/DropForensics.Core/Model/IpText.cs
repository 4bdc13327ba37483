using System.Buffers.Binary;
using System.Net;

namespace DropForensics.Core.Model;

/// <summary>The text form of a <see cref="PacketFlow"/>'s address: <c>192.0.2.1</c>, <c>2001:db8::1</c> (RFC 5952).</summary>
public static class IpText
{
    private const int Ipv6 = 0x86dd;

    /// <param name="address">The address; IPv4 in the lowest 32 bits.</param>
    /// <param name="etherType">The network header's ethertype, which determines the address length: 34525 is IPv6, anything else IPv4.</param>
    public static string Of(UInt128 address, int etherType)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPAddress(etherType == Ipv6 ? bytes : bytes[12..]).ToString();
    }
}
