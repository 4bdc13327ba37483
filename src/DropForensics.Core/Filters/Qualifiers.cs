namespace DropForensics.Core.Filters;

/// <summary>Which end of a packet a value is compared with.</summary>
internal enum Direction
{
    Either,
    Source,
    Destination,
    Both,
}

/// <summary>The words before a value: <c>tcp src port</c>.</summary>
internal sealed record Qualifiers
{
    private const int ReverseArp = 0x8035;

    private static readonly string[] Protocols = ["ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "pim", "vrrp", "ah", "esp"];

    /// <summary>Null: any.</summary>
    public string? Protocol { get; init; }

    public Direction Direction { get; init; }

    /// <summary><c>host</c>, <c>net</c>, <c>port</c>, <c>portrange</c>, <c>proto</c>, <c>reason</c> or <c>interface</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The first of them.</summary>
    public FilterToken? At { get; init; }

    /// <summary>What must follow, in words.</summary>
    public string Expected => Kind switch
    {
        "host" => "an address",
        "net" => "a network, such as 10.0.0.0/8,",
        "port" => "a port",
        "portrange" => "two ports, such as 8000-8080,",
        "proto" => "a protocol's number",
        "reason" => "the name of a drop reason",
        _ => "the name of an interface",
    };

    public static bool IsProtocol(string word) => Protocols.Contains(word);

    /// <summary>The Ethernet type a word stands for; null for a protocol above IP.</summary>
    public static int? TypeOf(string word) => word switch
    {
        "ip" => Packets.Protocol.Ipv4,
        "ip6" => Packets.Protocol.Ipv6,
        "arp" => Packets.Protocol.Arp,
        "rarp" => ReverseArp,
        _ => null,
    };

    /// <param name="hasDirection">src or dst was given.</param>
    /// <exception cref="UserError">They do not go together.</exception>
    public void Check(bool hasDirection)
    {
        if (Protocol is null && !(hasDirection && Kind == "proto")) return;
        bool fits = Kind switch
        {
            "host" or "net" => TypeOf(Protocol!) is not null,
            "port" or "portrange" => Protocol is "tcp" or "udp" or "sctp",
            _ => !hasDirection && Protocol is "ip" or "ip6",
        };
        if (!fits && At is { } first)
        {
            throw FilterMistake.Value(first, hasDirection && Kind == "proto" ? "src and dst do not go with proto" : $"'{Protocol}' does not go with {Kind}", Kind switch
            {
                "host" or "net" => $"Write the two with 'and' between them: {Protocol} and {Kind} …",
                "port" or "portrange" => "Ports go with tcp, udp, sctp, or no protocol.",
                _ => "proto goes with ip, ip6, or alone.",
            });
        }
    }
}
