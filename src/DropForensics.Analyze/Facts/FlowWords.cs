
namespace DropForensics.Analyze.Facts;

/// <summary>Flows as people read them.</summary>
internal static class FlowWords
{
    /// <summary>Protocol, tag, what is within, and interface: <c>UDP · VLAN 5 · veth-b</c>.</summary>
    public static string Detail(FlowFacts flow) => string.Join(" · ", new[] { Kind(flow), Tag(flow.Vlan), Within(flow), flow.Interface }.OfType<string>());

    /// <summary><c>UDP</c>, <c>ICMP echo request</c>, <c>ICMP destination unreachable, code 3</c>, <c>ARP request</c>, <c>UDP, a later fragment</c></summary>
    public static string Kind(PacketEnds packet) => packet.Dport is null ? $"{packet.Service}{(packet.Code is > 0 and var code ? $", code {code}" : "")}" : packet.Protocol;

    /// <summary>
    /// What to write beside some of these flows so that no two read the same: of those whose other words are alike, the fields in which they differ,
    /// <c>type 131, code none</c>.
    /// </summary>
    public static Dictionary<FlowFacts, string> Marks(IReadOnlyList<FlowFacts> flows)
    {
        Dictionary<FlowFacts, string> marks = [];
        foreach (List<FlowFacts> alike in flows.GroupBy(f => $"{f.Ends} {Detail(f)}").Select(g => g.ToList()).Where(g => g.Count > 1))
        {
            List<(string Name, Func<FlowFacts, object?> Of)> differ = [.. Fields.Where(field => alike.Select(field.Of).Distinct().Count() > 1)];
            foreach (FlowFacts flow in alike) marks[flow] = string.Join(", ", differ.Select(field => $"{field.Name} {field.Of(flow) ?? "none"}"));
        }

        return marks;
    }

    // All that the capture tells flows apart by.
    private static readonly (string Name, Func<FlowFacts, object?> Of)[] Fields =
    [
        ("ethertype", f => EtherTypes.Number(f.EtherType)), ("VLAN", f => f.Vlan), ("IP protocol", f => f.IpProtocol), ("from", f => f.Src), ("to", f => f.Dst),
        ("source port", f => f.Sport), ("port", f => f.Dport), ("type", f => f.Type), ("code", f => f.Code), ("later fragment", f => f.LaterFragment ? "yes" : "no"), ("tunnel", f => f.Tunnel),
        ("inner ethertype", f => f.Inner is { } inner ? EtherTypes.Number(inner.EtherType) : null), ("inner VLAN", f => f.Inner?.Vlan), ("inner IP protocol", f => f.Inner?.IpProtocol),
        ("inner from", f => f.Inner?.Src), ("inner to", f => f.Inner?.Dst), ("inner source port", f => f.Inner?.Sport), ("inner port", f => f.Inner?.Dport),
        ("inner type", f => f.Inner?.Type), ("inner code", f => f.Inner?.Code),
    ];

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
