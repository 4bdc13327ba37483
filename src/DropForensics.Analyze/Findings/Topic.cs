namespace DropForensics.Analyze.Findings;

/// <summary>What drops are gathered under: sites that mean the same to a reader make one finding.</summary>
/// <param name="Id">As knowledge.txt names it, and the finding.</param>
/// <param name="Clause">What goes wrong, as a clause: <c>A receive buffer is full</c>.</param>
internal sealed record Topic(string Id, string Clause)
{
    /// <summary>Frees that are no losses.</summary>
    public const string Noise = "noise";

    /// <summary>Of what nothing is known.</summary>
    public const string Mark = "mark";

    public const string ClosedPort = "closed-port";

    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, Topic> All { get; } = new Topic[]
    {
        new(ClosedPort, "No socket takes these packets"),
        new("receive-buffer", "A receive buffer is full, as its program reads too slowly"),
        new("listen-queue", "New connections fail, at a listener whose queue is full or within their handshake"),
        new("backlog", "A backlog is full, as a CPU does not keep up"),
        new("policy", "A firewall, filter or policy drops packets"),
        new("conntrack", "Connection tracking refuses packets"),
        new("neighbour", "A next hop does not answer"),
        new("routing", "Packets have no usable route"),
        new("rp-filter", "The reverse path filter drops packets"),
        new("ttl", "Packets run out of time to live on this host"),
        new("mtu", "Packets are larger than the way out takes"),
        new("fragments", "Fragments do not come together"),
        new("checksum", "Checksums are wrong"),
        new("malformed", "Packets are malformed, or of a form that is refused"),
        new("queue", "The queue of an interface drops packets"),
        new("unknown-protocol", "Nothing here takes this protocol"),
        new("other-host", "Packets are for other hosts"),
        new("ipv6-off", "IPv6 arrives where IPv6 is turned off"),
        new("multicast", "Multicast that nobody here wants"),
        new("tcp-repeats", "TCP data arrived twice or too late"),
        new("tcp-state", "TCP segments do not fit their connection"),
        new("tcp-auth", "TCP segments fail their connection's security"),
        new("sctp", "SCTP does not take packets"),
        new("ipsec", "IPsec refuses packets"),
        new("tunnel", "A tunnel gives packets up"),
        new("bridge", "A bridge does not pass packets on"),
        new("virtual-switch", "Open vSwitch drops packets"),
        new("load-balancer", "IPVS does not pass packets on"),
        new("device", "A device does not take packets"),
        new("memory", "Memory for packets is short"),
        new("wireless", "The wireless stack refuses frames"),
        new("can", "CAN frames are not taken"),
        new("other", "A less usual protocol gives packets up"),
        new(Mark, "The kernel does not say why"),
        new(Noise, "No losses at all, only frees that count as drops"),
    }.ToDictionary(t => t.Id);
}
