namespace DropForensics.Analyze.Findings;

/// <summary>A topic groups drops: sites with the same meaning for a reader make one finding.</summary>
/// <param name="Id">Its name in knowledge.txt and in the finding.</param>
/// <param name="Clause">What goes wrong, as a clause: <c>A receive buffer is full</c>.</param>
/// <param name="Meaning">What its reasons have in common, as a sentence before the meanings of several reasons.</param>
internal sealed record Topic(string Id, string Clause, string Meaning)
{
    /// <summary>Frees that are not losses.</summary>
    public const string Noise = "noise";

    /// <summary>Of what nothing is known.</summary>
    public const string Mark = "mark";

    /// <summary>For a reason without a knowledge entry.</summary>
    public const string UnknownReason = "unknown-reason";

    public const string ClosedPort = "closed-port";

    /// <summary>All of them.</summary>
    public static IReadOnlyDictionary<string, Topic> All { get; } = new Topic[]
    {
        new(ClosedPort, "No socket takes these packets", "The packets reached this host, but no program listens for them."),
        new("receive-buffer", "A receive buffer overflows because packets arrive faster than a program reads them", "Packets reached their socket, but it had no room for them or rejected them."),
        new("listen-queue", "New connections fail: a listener's queue is full, or the handshake fails", "Connections were requested but not established."),
        new("backlog", "A backlog is full because a CPU does not keep up", "Packets waited for a CPU, and its queue was full."),
        new("policy", "A firewall, filter or policy drops packets", "A rule or program on this host rejects these packets."),
        new("conntrack", "Connection tracking rejects packets", "Connection tracking or NAT, not a rule, dropped the packets."),
        new("conntrack-table", "Connection tracking drops packets, most likely because its table is full", "The connection table probably had no room."),
        new("conntrack-full", "Connection tracking has no room for another connection", "The kernel could not add a connection to its table, and counted that."),
        new("tc-rule", "A tc rule (filter, policer or BPF program) drops packets", "A traffic control rule rejects these packets."),
        new("xdp", "An XDP program drops packets", "A program at the lowest level of an interface rejects these packets."),
        new("ipsec-no-sa", "IPsec has a policy for these packets but no security association (SA) yet", "The IPsec key exchange has not finished."),
        new("ipsec-likely", "IPsec most likely has a policy for these packets but no security association (SA) yet", "The packets' route was invalidated, on a host with IPsec."),
        new("neighbour", "A next hop does not answer", "The next hop's MAC address could not be resolved in time."),
        new("neighbour-table", "The neighbour table is full", "The kernel could not add an entry for a next hop."),
        new("route-refused", "A blackhole, prohibit or unreachable route drops packets", "A route tells the kernel to reject these packets."),
        new("forwarding-off", "Packets are for other hosts, and this host does not forward", "Packets arrived that need forwarding, but forwarding is off."),
        new("routing", "Packets have no usable route", "The kernel found no route that these packets may take."),
        new("rp-filter", "The reverse path filter drops packets", "Packets arrived on an interface that the route back to their sender does not use."),
        new("ttl", "The TTL of packets expires on this host", "Packets had passed the maximum number of routers."),
        new("mtu", "Packets are larger than the outgoing MTU", "Packets did not fit the link they were routed to."),
        new("fragments", "Fragments cannot be reassembled", "Packets arrived in fragments that could not be reassembled."),
        new("checksum", "Checksums are wrong", "Data was damaged on the path, or a checksum was left to hardware that did not compute it."),
        new("malformed", "Packets are malformed or not accepted in this form", "Packets break a rule of their protocol or of this host."),
        new("queue", "An interface's queue is full or rate-limited, and drops packets", "Packets waited in an interface's queue, and the queue dropped them."),
        new("no-carrier", "An interface that most likely has no carrier (its other end is down) drops the packets it should send", "The sending interface seems to have no link."),
        new("purged", "Packets waited in a queue that was removed", "A queue was emptied because the interface or its qdisc was changed."),
        new("inactive-member", "The inactive member of a bond or team drops what it receives", "Only the active member of a bond or team passes packets on."),
        new("unknown-icmp", "ICMP of a type that this host does not handle", "ICMP messages arrived that this kernel does not handle."),
        new("unknown-protocol", "No handler takes this protocol", "Nothing on this host handles the packets' protocol."),
        new("other-host", "Packets are for other hosts", "Frames reached this host that are addressed to another host."),
        new("ipv6-off", "IPv6 arrives where IPv6 is turned off", "IPv6 packets arrive on an interface where IPv6 is off."),
        new("multicast", "Multicast or broadcasts that nothing on this host wants", "Packets for many hosts reach this one too, but nothing here wants them."),
        new("tcp-repeats", "TCP data arrived twice or too late", "TCP received data that it already had, or that came too late. This points to loss or delay on the path."),
        new("tcp-state", "TCP segments do not fit their connection", "TCP received segments that its connection could not accept in its state."),
        new("tcp-auth", "TCP segments fail their connection's security", "TCP segments lack the valid signature that their connection requires."),
        new("sctp", "SCTP rejects packets", "SCTP received packets or chunks that it could not accept."),
        new("isolated", "A bridge or switch has no port to send these frames to", "The frame may not leave through any other port."),
        new("ipsec", "IPsec rejects packets", "IPsec policy requires these packets to be encrypted, decrypted or shaped differently."),
        new("tunnel", "A tunnel drops packets", "Packets entered or left a tunnel, and something about them does not match it."),
        new("tunnel-route", "A tunnel has no route to its other end", "The tunnel's outer packets have no route."),
        new("no-tunnel", "Packets arrive for a tunnel that this host does not have", "Encapsulated packets arrived that match none of this host's tunnels."),
        new("unix-refused", "Local programs cannot connect to a local socket", "A program tried to connect to another program on this host."),
        new("bridge-vlan", "A bridge port does not accept the VLAN of these frames", "A bridge filters by VLAN, and the port does not have these frames' VLAN."),
        new("bridge", "A bridge does not forward packets", "A bridge received frames that it must not or cannot forward."),
        new("virtual-switch", "Open vSwitch drops packets", "Open vSwitch received packets that its flows drop, or that it could not process."),
        new("load-balancer", "IPVS does not forward packets", "IPVS received packets that it could not forward to a server."),
        new("device", "A device rejects packets", "A device or its driver rejected packets that it should send or receive."),
        new("memory", "The kernel has no memory for packets", "The kernel could not allocate memory for a packet."),
        new("wireless", "The wireless stack rejects frames", "The wireless stack received frames that it does not pass on."),
        new("can", "CAN frames are rejected", "CAN frames were malformed or no program wanted them."),
        new("other", "A rare protocol drops packets", "Packets of a rare protocol were dropped."),
        new(UnknownReason, "Packets are dropped for a reason that this version does not know", "The kernel or the hardware names a reason, and nothing is known of it here."),
        new(Mark, "The kernel gives no reason", "The kernel gave no reason, and little is known about the functions."),
        new(Noise, "No packet was lost, memory was only freed in a way that counts as a drop, such as what a closed socket had not read", "Memory was freed in a way that counts as a drop, though nothing was lost."),
    }.ToDictionary(t => t.Id);
}
