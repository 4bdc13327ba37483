using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Who a packet was from and for, as far as its headers say. Null: it has no such thing, or its bytes were not there.</summary>
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
