using System.Buffers.Binary;
using DropForensics.Core.Model;

namespace DropForensics.Core.Packets;

/// <summary>The header between a packet and the one it carries.</summary>
internal readonly record struct TunnelHeader
{
    private const int LinuxVxlanPort = 8472;
    private const int VxlanPort = 4789;
    private const int VxlanBytes = 8;
    private const int GreBytes = 4;

    /// <summary><c>vxlan</c>, <c>gre</c> or <c>ipip</c>.</summary>
    public string Name { get; private init; }

    /// <summary>Behind the header.</summary>
    public int End { get; private init; }

    /// <summary>The type of its content; <see cref="Protocol.TransparentEthernet"/> for a frame, 0 for content that is not decoded.</summary>
    public int Carries { get; private init; }

    /// <summary>Only the port identifies it, so it counts as a tunnel header only if a packet follows.</summary>
    public bool IsByPort { get; private init; }

    /// <param name="bytes">End where the packet ends.</param>
    /// <param name="at">Behind the network header.</param>
    /// <param name="end">Behind the transport header.</param>
    /// <param name="flow">Of the packet that may be a tunnel's.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int at, int end, in PacketFlow flow, out TunnelHeader tunnel)
    {
        tunnel = default;
        switch (flow.IpProtocol)
        {
            case Protocol.IpIp:
                tunnel = new TunnelHeader { Name = "ipip", End = end, Carries = Protocol.Ipv4 };
                return true;
            case Protocol.SixInIp:
                tunnel = new TunnelHeader { Name = "ipip", End = end, Carries = Protocol.Ipv6 };
                return true;
            case Protocol.Gre:
                return TryReadGre(bytes, at, out tunnel);
            // The bit I: the header names a network (RFC 7348).
            case Protocol.Udp when flow.DestinationPort is VxlanPort or LinuxVxlanPort
                && bytes.Length - end >= VxlanBytes && (bytes[end] & 8) != 0:
                end += VxlanBytes;
                tunnel = new TunnelHeader { Name = "vxlan", End = end, Carries = Protocol.TransparentEthernet, IsByPort = true };
                return true;
            default:
                return false;
        }
    }

    // Flags, version and type, then what the flags announce (RFC 2784, 2890); other versions and source routes are not followed.
    private static bool TryReadGre(ReadOnlySpan<byte> bytes, int at, out TunnelHeader tunnel)
    {
        tunnel = default;
        if (bytes.Length - at < GreBytes)
            return false;
        int flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
        bool isFollowed = (flags & 0x4007) == 0;
        int length = GreBytes + (isFollowed ? 4 * ((flags >> 15 & 1) + (flags >> 13 & 1) + (flags >> 12 & 1)) : 0);
        tunnel = new TunnelHeader
        {
            Name = "gre",
            End = Math.Min(at + length, bytes.Length),
            Carries = isFollowed ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]) : 0,
        };
        return true;
    }
}
