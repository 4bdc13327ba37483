using DropForensics.Core.Model;

namespace DropForensics.Capture.Session;

/// <summary>A flow in one line: <c>UDP 192.0.2.1:40001 → 192.0.2.9:9</c>, for a tunnel with the packet inside.</summary>
internal static class FlowLine
{
    private const int Arp = 0x0806, Ipv6 = 0x86dd;

    public static string Of(in PacketHeaders headers) =>
        headers is { Tunnel: { } tunnel, Inner: { } inner } ? $"{Of(inner)}  within {tunnel} {Ends(headers.Flow)}" : Of(headers.Flow);

    private static string Of(in PacketFlow flow) => $"{Protocol(flow)} {Ends(flow)}";

    private static string Ends(in PacketFlow flow) =>
        $"{End(flow.Source, flow.SourcePort, flow.EtherType)} → {End(flow.Destination, flow.DestinationPort, flow.EtherType)}";

    private static string End(UInt128 address, int? port, int etherType)
    {
        string text = IpText.Of(address, etherType);
        return port is null ? text : etherType == Ipv6 ? $"[{text}]:{port}" : $"{text}:{port}";
    }

    private static string Protocol(in PacketFlow flow) => (flow.EtherType, flow.IpProtocol) switch
    {
        (Arp, _) => "ARP",
        (_, 1) => $"ICMP type {flow.Type}",
        (_, 6) => "TCP",
        (_, 17) => "UDP",
        (_, 58) => $"ICMPv6 type {flow.Type}",
        (_, 132) => "SCTP",
        (_, { } number) => $"IP protocol {number}",
        _ => "IP",
    };
}
