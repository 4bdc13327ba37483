namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets for one destination port or type, whoever sent them to whom.</summary>
/// <param name="Service">What it is: <c>UDP to port 9</c>, <c>ICMP echo request</c>, <c>TCP to port 80 within VXLAN</c>.</param>
/// <param name="Protocol"><c>UDP</c>: of the packet carried, where it is a tunnel's.</param>
/// <param name="Dport">Destination port, of the packet carried where it is a tunnel's; null where it has none.</param>
/// <param name="Tunnel"><c>vxlan</c>, <c>gre</c>, <c>ipip</c>; null for none.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record ServiceFacts(string Service, string Protocol, int? Dport, string? Tunnel, long Drops, double Share);
