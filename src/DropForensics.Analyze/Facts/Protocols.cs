namespace DropForensics.Analyze.Facts;

/// <summary>Names of protocols and of what packets are for (IANA's numbers; RFC 792, 4443, 826 for types).</summary>
internal static class Protocols
{
    private const int Arp = 0x806;

    /// <summary><c>TCP</c>, <c>ARP</c>, <c>IPv6 protocol 89</c></summary>
    public static string Name(int etherType, int? protocol) => (etherType, protocol) switch
    {
        (Arp, _) => "ARP",
        (_, 1) => "ICMP",
        (_, 2) => "IGMP",
        (_, 4) => "IP in IP",
        (_, 6) => "TCP",
        (_, 17) => "UDP",
        (_, 33) => "DCCP",
        (_, 41) => "IPv6 in IP",
        (_, 47) => "GRE",
        (_, 50) => "ESP",
        (_, 51) => "AH",
        (_, 58) => "ICMPv6",
        (_, 112) => "VRRP",
        (_, 132) => "SCTP",
        (_, 136) => "UDP-Lite",
        (_, { } number) => $"{Network(etherType)} protocol {number}",
        (_, null) => Network(etherType),
    };

    /// <summary>What a packet is for: <c>UDP to port 9</c>.</summary>
    public static string Service(int etherType, int? protocol, int? dport, int? type, bool isLaterFragment)
    {
        string name = Name(etherType, protocol);
        return (dport, type) switch
        {
            ({ } port, _) => $"{name} to port {port}",
            (null, { } number) => $"{name} {Type(etherType, protocol, number)}",
            _ => isLaterFragment ? $"{name}, a later fragment" : name,
        };
    }

    /// <summary>The same of a flow with the packet it carries.</summary>
    public static string Service(FlowService flow) => flow is { Tunnel: { } tunnel, InnerEtherType: { } inner }
        ? $"{Service(inner, flow.InnerIpProtocol, flow.InnerDestinationPort, flow.InnerType, false)} within {TunnelName(tunnel)}"
        : Service(flow.EtherType, flow.IpProtocol, flow.DestinationPort, flow.Type, flow.IsLaterFragment);

    /// <summary><c>VXLAN</c></summary>
    public static string TunnelName(string tunnel) => tunnel == "ipip" ? "IP in IP" : tunnel.ToUpperInvariant();

    private static string Network(int etherType) => EtherTypes.NameOf(etherType) ?? EtherTypes.Number(etherType);

    private static string Type(int etherType, int? protocol, int type) => (etherType, protocol, type) switch
    {
        (Arp, _, 1) => "request",
        (Arp, _, 2) => "reply",
        (Arp, _, _) => $"operation {type}",
        (_, 1, 0) => "echo reply",
        (_, 1, 3) => "destination unreachable",
        (_, 1, 5) => "redirect",
        (_, 1, 8) => "echo request",
        (_, 1, 11) => "time exceeded",
        (_, 58, 1) => "destination unreachable",
        (_, 58, 2) => "packet too big",
        (_, 58, 3) => "time exceeded",
        (_, 58, 128) => "echo request",
        (_, 58, 129) => "echo reply",
        (_, 58, 130 or 131 or 132 or 143) => "multicast listener discovery",
        (_, 58, 133) => "router solicitation",
        (_, 58, 134) => "router advertisement",
        (_, 58, 135) => "neighbour solicitation",
        (_, 58, 136) => "neighbour advertisement",
        _ => $"type {type}",
    };
}

/// <summary>What a flow was for, from any sender: its protocol and destination port or type, those of a packet it carries, and to how many it went.</summary>
internal sealed record FlowService(
    int EtherType, int? IpProtocol, int? DestinationPort, int? Type, bool IsLaterFragment,
    string? Tunnel, int? InnerEtherType, int? InnerIpProtocol, int? InnerDestinationPort, int? InnerType, Audience To);

/// <summary>To whom a packet went, by its destination address.</summary>
internal enum Audience
{
    /// <summary>To one host; or to all of a subnet, which the address alone does not show.</summary>
    One,

    /// <summary>To a multicast group.</summary>
    Group,

    /// <summary>To everybody on the link.</summary>
    Everybody,
}
