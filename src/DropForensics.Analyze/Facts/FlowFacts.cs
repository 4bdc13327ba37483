using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets with the same headers.</summary>
public sealed record FlowFacts : PacketEnds
{
    /// <summary>A fragment other than the first: it has no ports.</summary>
    public required bool LaterFragment { get; init; }

    /// <summary><c>vxlan</c>, <c>gre</c> or <c>ipip</c> where it carries a packet that could be read.</summary>
    public required string? Tunnel { get; init; }

    /// <summary>The packet carried; null without a tunnel.</summary>
    public required PacketEnds? Inner { get; init; }

    /// <summary>The interface the packets pointed to, if it was one; null where unknown, or more than one.</summary>
    public required string? Interface { get; init; }

    /// <summary>How many interfaces, one that is unknown among them.</summary>
    public required int Interfaces { get; init; }

    /// <summary>Reasons of the drops, the most frequent first, at most five; a name is null where none was given.</summary>
    public required IReadOnlyList<NamedDrops> Reasons { get; init; }

    public required long Drops { get; init; }

    /// <summary>Of all captured drops, 0 to 1.</summary>
    public required double Share { get; init; }

    public required long FirstNs { get; init; }
    public required long LastNs { get; init; }
}

/// <summary>A packet's ends, as far as its headers show them. Null: it has none, or its bytes were not recorded.</summary>
public record PacketEnds
{
    /// <summary>Of the network header: 2048 IPv4, 34525 IPv6, 2054 ARP.</summary>
    [JsonPropertyName("ethertype")]
    public required int EtherType { get; init; }

    /// <summary>Id of a tag in the packet's bytes.</summary>
    public required int? Vlan { get; init; }

    /// <summary>6 TCP, 17 UDP …</summary>
    public required int? IpProtocol { get; init; }

    /// <summary><c>TCP</c>, <c>ARP</c>, <c>IPv4 protocol 89</c>.</summary>
    public required string Protocol { get; init; }

    /// <summary>Address; of ARP the sender's.</summary>
    public required string Src { get; init; }

    public required string Dst { get; init; }
    public required int? Sport { get; init; }
    public required int? Dport { get; init; }

    /// <summary>Of ICMP and ICMPv6; of ARP the operation.</summary>
    public required int? Type { get; init; }

    public required int? Code { get; init; }

    /// <summary>What it was for: <c>UDP to port 9</c>, <c>ICMP echo request</c>.</summary>
    public required string Service { get; init; }

    /// <summary><c>192.0.2.1:40000 → 192.0.2.9:53</c></summary>
    internal string Ends => $"{End(Src, Sport)} → {End(Dst, Dport)}";

    private static string End(string address, int? port) => (address.Contains(':', StringComparison.Ordinal), port) switch
    {
        (_, null) => address,
        (true, { } number) => $"[{address}]:{number}",
        (false, { } number) => $"{address}:{number}",
    };
}

/// <summary>Drops of packets for one destination port or type, of all hosts.</summary>
/// <param name="Service">What it is: <c>UDP to port 9</c>, <c>ICMP echo request</c>, <c>TCP to port 80 within VXLAN</c>.</param>
/// <param name="Protocol"><c>UDP</c>: of the packet carried, where it is a tunnel's.</param>
/// <param name="Dport">Destination port, of the packet carried where it is a tunnel's; null where it has none.</param>
/// <param name="Tunnel"><c>vxlan</c>, <c>gre</c>, <c>ipip</c>; null for none.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record ServiceFacts(string Service, string Protocol, int? Dport, string? Tunnel, long Drops, double Share);

/// <summary>Drops of packets from one host to another for one service, whichever port they came from: of two captures the same conversation has
/// other source ports.</summary>
/// <param name="Src">Address of the sender; of a tunnel's packet the tunnel's.</param>
/// <param name="Dst">Address of the receiver.</param>
/// <param name="Service">What it was for: <c>UDP to port 9</c>, <c>ICMP echo request</c>.</param>
/// <param name="Drops">How many.</param>
/// <param name="Bins">The same over time, in the timeline's bins; null beyond the <see cref="FactLimits.Flows"/> with the most, or where that is not known.</param>
public sealed record ConversationFacts(string Src, string Dst, string Service, long Drops, int[]? Bins);

/// <summary>One host's packets to many ports of another that no socket took.</summary>
/// <param name="Src">Who sent them.</param>
/// <param name="Dst">To whom.</param>
/// <param name="Protocol"><c>TCP</c> or <c>UDP</c>.</param>
/// <param name="Ports">Distinct destination ports, <see cref="FactLimits.ScannedPorts"/> or more.</param>
/// <param name="LowestPort">The lowest of them.</param>
/// <param name="HighestPort">The highest of them.</param>
/// <param name="Sport">The port they were sent from, if it was one; else null.</param>
/// <param name="Drops">How many packets.</param>
public sealed record ScanFacts(string Src, string Dst, string Protocol, int Ports, int LowestPort, int HighestPort, int? Sport, long Drops);

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
