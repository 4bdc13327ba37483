namespace DropForensics.Analyze.Findings;

/// <summary>What drops are gathered under: sites that mean the same to a reader make one finding.</summary>
/// <param name="Id">As knowledge.txt names it, and the finding.</param>
/// <param name="Clause">What goes wrong, as a clause: <c>A receive buffer is full</c>.</param>
/// <param name="Meaning">What its reasons have in common, in a sentence, to stand before what each of several means.</param>
internal sealed record Topic(string Id, string Clause, string Meaning)
{
    /// <summary>Frees that are no losses.</summary>
    public const string Noise = "noise";

    /// <summary>Of what nothing is known.</summary>
    public const string Mark = "mark";

    public const string ClosedPort = "closed-port";

    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, Topic> All { get; } = new Topic[]
    {
        new(ClosedPort, "No socket takes these packets", "The packets reached this host, and no program takes them."),
        new("receive-buffer", "A receive buffer is full, as its program reads too slowly", "Packets reached their socket, and it had no room or no wish for them."),
        new("listen-queue", "New connections fail, at a listener whose queue is full or within their handshake", "Connections were asked for and not made."),
        new("backlog", "A backlog is full, as a CPU does not keep up", "Packets waited for a CPU, and the queue in front of it was full."),
        new("policy", "A firewall, filter or policy drops packets", "Something that was set up on this host refuses these packets."),
        new("conntrack", "Connection tracking refuses packets", "Connection tracking or NAT refused packets, not a rule."),
        new("conntrack-table", "Connection tracking drops packets, most likely because its table is full", "The kernel seems to have found no room for a connection in its table."),
        new("conntrack-full", "Connection tracking has no room for another connection", "The kernel could not enter a connection in its table, and counted it."),
        new("tc-rule", "A tc rule (filter, policer or BPF program) drops packets", "A rule of traffic control refuses these packets."),
        new("xdp", "An XDP program drops packets", "A program at the lowest level of an interface refuses these packets."),
        new("ipsec-no-sa", "IPsec has a policy for these packets and no security association (SA) yet", "The key exchange of IPsec is not done."),
        new("ipsec-likely", "IPsec most likely has a policy for these packets and no security association (SA) yet", "The packets' way was taken out of use, on a host with IPsec."),
        new("neighbour", "A next hop does not answer", "The next hop's MAC address did not become known in time."),
        new("neighbour-table", "The neighbour table is full", "No entry could be made for a next hop."),
        new("route-refused", "A blackhole, prohibit or unreachable route drops packets", "A route tells the kernel to refuse these packets."),
        new("forwarding-off", "Packets are for other hosts, and this one does not forward", "Packets came that would have to be forwarded, where forwarding is off."),
        new("routing", "Packets have no usable route", "The kernel found no way for these packets that they may take."),
        new("rp-filter", "The reverse path filter drops packets", "Packets came in where the way back to their sender does not lead out."),
        new("ttl", "Packets run out of time to live on this host", "Packets had passed as many routers as they may."),
        new("mtu", "Packets are larger than the way out takes", "Packets did not fit the link they were to take."),
        new("fragments", "Fragments do not come together", "Packets came in parts that could not be put together."),
        new("checksum", "Checksums are wrong", "Data was damaged on its way, or a checksum was left to hardware that did not make it."),
        new("malformed", "Packets are malformed, or of a form that is refused", "Packets break a rule of their protocol, or of this host."),
        new("queue", "The queue of an interface is full or limited, and drops packets", "Packets waited to be sent by an interface, and its queue gave them up."),
        new("no-carrier", "An interface that most likely is without a carrier, its other end down, drops what it is to send", "The interface that was to send seems to have no link."),
        new("purged", "Packets waited in a queue that was taken away", "A queue was emptied because the interface or its queueing was changed."),
        new("inactive-member", "The inactive member of a bond or team drops what it receives", "Only the active member of a bond or team hands packets on."),
        new("unknown-icmp", "ICMP of a type that this host does not handle", "ICMP messages came that this kernel has no use for."),
        new("unknown-protocol", "Nothing here takes this protocol", "Packets carry a protocol that no part of this host takes."),
        new("other-host", "Packets are for other hosts", "Frames reached this host that are addressed to another."),
        new("ipv6-off", "IPv6 arrives where IPv6 is turned off", "IPv6 packets come to an interface that has it turned off."),
        new("multicast", "Multicast or broadcasts that nothing on this host wants", "Packets for many hosts reach this one too, and nothing here asked for them."),
        new("tcp-repeats", "TCP data arrived twice or too late", "TCP received data that it had already, or that came too late: it looks like losses or delays on the way."),
        new("tcp-state", "TCP segments do not fit their connection", "TCP received segments that its connection, as it stood, could not take."),
        new("tcp-auth", "TCP segments fail their connection's security", "TCP segments came without the signature that their connection demands."),
        new("sctp", "SCTP does not take packets", "SCTP received packets or chunks that it could not take."),
        new("isolated", "A bridge or switch has no port to send these frames to", "The frame may leave through no other port."),
        new("ipsec", "IPsec refuses packets", "IPsec policy requires these packets to be encrypted, decrypted or shaped differently."),
        new("tunnel", "A tunnel gives packets up", "Packets were to go into a tunnel or came out of one, and something in it does not fit."),
        new("tunnel-route", "A tunnel has no route to its other end", "The packets that a tunnel makes have no way to go."),
        new("no-tunnel", "Packets of a tunnel come that this host does not have", "Packets were wrapped for a tunnel, and none of this host's fits them."),
        new("unix-refused", "Programs of this host are refused by a local socket", "A program wanted to connect to another of this host."),
        new("bridge-vlan", "A bridge port does not take the VLAN of these frames", "A bridge filters by VLAN, and these frames' is not among the port's."),
        new("bridge", "A bridge does not pass packets on", "A bridge received frames that it may not or cannot pass on."),
        new("virtual-switch", "Open vSwitch drops packets", "Open vSwitch received packets that its flows drop, or that it could not work on."),
        new("load-balancer", "IPVS does not pass packets on", "IPVS received packets that it could not give to a server."),
        new("device", "A device does not take packets", "A device or its driver refused packets that it was to send or receive."),
        new("memory", "Memory for packets is short", "The kernel could not get the memory that a packet needs."),
        new("wireless", "The wireless stack refuses frames", "The wireless stack received frames that it does not pass on."),
        new("can", "CAN frames are not taken", "CAN frames were refused or could not be taken."),
        new("other", "A less usual protocol gives packets up", "Packets of less usual protocols were given up."),
        new(Mark, "The kernel gives no reason", "No reason was given, and little is known of the functions."),
        new(Noise, "No losses at all, only frees that count as drops", "Memory was freed in a way that counts as a drop, though nothing was lost."),
    }.ToDictionary(t => t.Id);
}
