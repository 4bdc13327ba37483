namespace DropForensics.Core.Model;

/// <summary>
/// Source and destination of a packet, as far as its stored headers show; a member is null if the packet does not have it or its bytes were not
/// stored. Compared by value.
/// </summary>
public readonly record struct PacketFlow
{
    /// <summary>Of the network header: 2048 IPv4, 34525 IPv6, 2054 ARP.</summary>
    public required int EtherType { get; init; }

    /// <summary>VLAN id of the innermost 802.1Q or 802.1ad tag in the packet's bytes; a tag the card removed is not there.</summary>
    public int? Vlan { get; init; }

    /// <summary>The transport protocol after any extension headers (17 UDP, 58 ICMPv6); null for ARP.</summary>
    public int? IpProtocol { get; init; }

    /// <summary>Source address, for ARP the sender's protocol address; an IPv4 address in the lowest 32 bits.</summary>
    public UInt128 Source { get; init; }

    /// <summary>Destination address, for ARP the target's protocol address.</summary>
    public UInt128 Destination { get; init; }

    /// <summary>Of TCP, UDP, UDP-Lite, SCTP and DCCP.</summary>
    public int? SourcePort { get; init; }

    /// <summary>Of TCP, UDP, UDP-Lite, SCTP and DCCP.</summary>
    public int? DestinationPort { get; init; }

    /// <summary>Of ICMP and ICMPv6; of ARP the operation.</summary>
    public int? Type { get; init; }

    /// <summary>Of ICMP and ICMPv6.</summary>
    public int? Code { get; init; }

    /// <summary>A fragment other than the first: it has no ports.</summary>
    public bool IsLaterFragment { get; init; }
}

/// <summary>The flow in a packet's stored bytes, and the flow of the packet inside it, one level down.</summary>
/// <param name="Flow">Of the packet itself.</param>
/// <param name="Tunnel"><c>vxlan</c>, <c>gre</c> or <c>ipip</c> (IPv4 or IPv6 in either); null if it carries no readable packet.</param>
/// <param name="Inner">Of the packet carried; null without a tunnel.</param>
public readonly record struct PacketHeaders(PacketFlow Flow, string? Tunnel, PacketFlow? Inner);
