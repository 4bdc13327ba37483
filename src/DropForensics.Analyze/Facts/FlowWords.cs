
namespace DropForensics.Analyze.Facts;

/// <summary>Flows as people read them.</summary>
internal static class FlowWords
{
    /// <summary>Protocol, tag, what is within, and interface: <c>UDP · VLAN 5 · veth-b</c>.</summary>
    public static string Detail(FlowFacts flow) => string.Join(" · ", new[] { Kind(flow), Tag(flow.Vlan), Within(flow), flow.Interface }.OfType<string>());

    /// <summary><c>UDP</c>, <c>ICMP echo request</c>, <c>ARP request</c>, <c>UDP, a later fragment</c></summary>
    public static string Kind(PacketEnds packet) => packet.Dport is null ? packet.Service : packet.Protocol;

    /// <summary><c>VLAN 5</c></summary>
    public static string? Tag(int? vlan) => vlan is { } id ? $"VLAN {id}" : null;

    /// <summary><c>VXLAN with TCP 10.0.0.1:40000 → 10.0.0.2:80</c></summary>
    public static string? Within(FlowFacts flow) => flow is { Tunnel: { } tunnel, Inner: { } inner }
        ? $"{Protocols.TunnelName(tunnel)} with {Kind(inner)} {inner.Ends}{(Tag(inner.Vlan) is { } tag ? $" {tag}" : "")}"
        : null;

    /// <summary>Why a capture has no flow, as a clause.</summary>
    public static string WhyNone(CaptureInfo capture) => capture switch
    {
        { TellsInterfaces: true, Packets: "none" } => "packet bytes were not requested (--packets none)",
        { TellsInterfaces: true } => "no packet's headers could be read",
        { Probe: "tracepoint" } => "the tracepoint does not have the packet's bytes; an eprobe does",
        { Probe: "function" } => "the function tracer does not have the packet's bytes; an eprobe does",
        { IsDropwatch: true } => "dropwatch prints no addresses",
        _ => "no packet's headers could be read from the text",
    };
}
