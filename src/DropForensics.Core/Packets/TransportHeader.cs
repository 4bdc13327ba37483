using System.Buffers.Binary;
using DropForensics.Core.Model;

namespace DropForensics.Core.Packets;

/// <summary>Transport headers: ports, or type and code, and where the header ends.</summary>
internal static class TransportHeader
{
    /// <summary>
    /// Adds what the header at <paramref name="at"/> says to <paramref name="flow"/>, and returns its end; of an incomplete header, or one
    /// of an unknown protocol, the available part. <paramref name="bytes"/> end where the packet ends.
    /// </summary>
    public static int Read(ReadOnlySpan<byte> bytes, int at, ref PacketFlow flow)
    {
        ReadOnlySpan<byte> header = bytes[at..];
        int length = Length(header, flow.IpProtocol);
        if (flow.IpProtocol is Protocol.Icmp or Protocol.Icmpv6)
        {
            if (header.Length >= 1)
                flow = flow with { Type = header[0], Code = header.Length >= 2 ? header[1] : null };
        }
        else if (HasPorts(flow.IpProtocol) && header.Length >= 2)
        {
            flow = flow with
            {
                SourcePort = BinaryPrimitives.ReadUInt16BigEndian(header),
                DestinationPort = header.Length >= 4 ? BinaryPrimitives.ReadUInt16BigEndian(header[2..]) : null,
            };
        }
        return at + Math.Min(length, header.Length);
    }

    private static bool HasPorts(int? protocol) =>
        protocol is Protocol.Tcp or Protocol.Udp or Protocol.UdpLite or Protocol.Sctp or Protocol.Dccp;

    private static int Length(ReadOnlySpan<byte> header, int? protocol) => protocol switch
    {
        // The data offset, in words; an impossible one leaves the fixed part.
        Protocol.Tcp => header.Length > 12 ? Math.Max(header[12] >> 4, 5) * 4 : 20,
        Protocol.Udp or Protocol.UdpLite or Protocol.Icmp or Protocol.Icmpv6 => 8,
        Protocol.Sctp => 12,
        // The bit X: long sequence numbers (RFC 4340).
        Protocol.Dccp => header.Length > 8 && (header[8] & 1) != 0 ? 16 : 12,
        _ => 0,
    };
}
