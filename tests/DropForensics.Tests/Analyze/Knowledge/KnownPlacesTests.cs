using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using Xunit;

namespace DropForensics.Tests.Analyze.Knowledge;

/// <summary>Reasons that several functions give, and functions that are reached in several ways: what they mean where (by the sources of 6.1 and 7.3).</summary>
public sealed class KnownPlacesTests
{
    [Theory]
    [InlineData("NO_SOCKET", "ping_rcv", "unknown-icmp", "harmless")]
    [InlineData("NO_SOCKET", "cookie_v4_check", "tcp-state", "depends")]
    [InlineData("NO_SOCKET", "tcp_v4_rcv", "closed-port", "depends")]
    [InlineData("SOCKET_RCVBUFF", "raw_rcv_skb", "receive-buffer", "depends")]
    [InlineData("SOCKET_RCVBUFF", "udp_queue_rcv_one_skb", "receive-buffer", "harmful")]
    [InlineData("SKB_CSUM", "rawv6_rcv", "checksum", "harmful")]
    [InlineData("DEV_READY", "enqueue_to_backlog", "device", "depends")]
    [InlineData("DEV_READY", "vxlan_rcv", "device", "depends")]
    [InlineData("DEV_READY", "tun_net_xmit", "device", "depends")]
    [InlineData("DEV_READY", "br_nf_pre_routing", "bridge", "depends")]
    [InlineData("FULL_RING", "tun_net_xmit", "device", "harmful")]
    [InlineData("FULL_RING", "iptfs_output_collect", "ipsec", "harmful")]
    [InlineData("INVALID_PROTO", "ip_rcv_finish_core", "malformed", "depends")]
    [InlineData("INVALID_PROTO", "icmp_rcv", "malformed", "harmless")]
    [InlineData("UNHANDLED_PROTO", "ip6_parse_tlv", "malformed", "depends")]
    [InlineData("NETFILTER_DROP", "nf_reinject", "policy", "depends")]
    [InlineData("XFRM_POLICY", "ip_forward", "ipsec", "depends")]
    [InlineData("IPV6DISABLED", "ip6_output", "ipv6-off", "depends")]
    [InlineData("IPV6DISABLED", "ip6_rcv_core", "ipv6-off", "harmless")]
    [InlineData("IP_INHDR", "icmp_rcv", "malformed", "depends")]
    [InlineData("IP_INHDR", "ip_forward", "ttl", "depends")]
    [InlineData("IP_OUTNOROUTES", "tcp_v6_send_response", "routing", "depends")]
    [InlineData("IP_OUTNOROUTES", "__ip_queue_xmit", "routing", "harmful")]
    [InlineData("PKT_TOO_BIG", "do_output", "virtual-switch", "harmful")]
    [InlineData("PKT_TOO_BIG", "ip_forward", "mtu", "harmful")]
    [InlineData("FRAG_REASM_TIMEOUT", "inet_frag_queue_flush", "noise", "harmless")]
    [InlineData("FRAG_REASM_TIMEOUT", "ip_expire", "fragments", "harmful")]
    [InlineData("QUEUE_PURGE", "neigh_flush_dev", "neighbour", "harmful")]
    [InlineData("QUEUE_PURGE", "wg_packet_purge_staged_packets", "tunnel", "harmful")]
    [InlineData("QUEUE_PURGE", "xfrm_policy_queue_process", "ipsec", "depends")]
    [InlineData("QUEUE_PURGE", "cake_reset", "purged", "depends")]
    [InlineData("QUEUE_PURGE", "packet_release", "noise", "harmless")]
    [InlineData("MAC_INVALID_SOURCE", "br_handle_frame", "bridge", "depends")]
    [InlineData("MAC_INVALID_SOURCE", "vxlan_rcv", "malformed", "harmful")]
    [InlineData("VXLAN_VNI_NOT_FOUND", "vxlan_xmit_one", "tunnel", "harmful")]
    [InlineData("NO_TX_TARGET", "br_multicast_flood", "multicast", "harmless")]
    [InlineData("NO_TX_TARGET", "br_flood", "isolated", "depends")]
    [InlineData(null, "br_allowed_ingress", "bridge-vlan", "depends")]
    [InlineData(null, "veth_xdp_rcv_skb", "xdp", "depends")]
    [InlineData(null, "do_xdp_generic", "xdp", "depends")]
    [InlineData(null, "ip6_mc_input", "multicast", "harmless")]
    [InlineData(null, "__codel_qdisc_dequeue", "queue", "depends")]
    public void A_reason_means_what_its_function_makes_of_it(string? reason, string function, string topic, string severity)
    {
        KnowledgeEntry? known = KnowledgeBase.Embedded.Of(reason, function, new KernelVersion(7, 3));
        Assert.Equal((topic, severity), (known?.Topic, known?.Severity.ToString().ToLowerInvariant()));
    }

    [Theory]
    [InlineData("NETFILTER_DROP", "nf_hook_slow", "conntrack-full", "counted:nf_conntrack.drop", "loaded:nf_conntrack", "not-loaded:ip_tables", "not-loaded:ip6_tables", "not-loaded:ebtables", "not-loaded:ip_vs")]
    [InlineData("NETFILTER_DROP", "nf_hook_slow", "conntrack", "counted:nf_conntrack.drop", "counted:nf_conntrack.insert_failed", "loaded:nf_conntrack")]
    [InlineData("NETFILTER_DROP", "nf_hook_slow", "conntrack-table", "loaded:nf_conntrack", "not-loaded:ip_tables", "not-loaded:ip6_tables", "not-loaded:ebtables", "not-loaded:ip_vs")]
    [InlineData(null, "dst_discard_out", "ipsec-no-sa", "counted:XfrmOutNoStates", "loaded:xfrm_user")]
    [InlineData(null, "dst_discard_out", "ipsec-likely", "loaded:xfrm_user")]
    [InlineData("QDISC_DROP", "__dev_queue_xmit", "no-carrier", "no-queue")]
    public void What_a_counter_proves_comes_before_what_is_likely(string? reason, string function, string topic, params string[] conditions)
    {
        KnowledgeEntry? known = KnowledgeBase.Embedded.Of(reason, function, new KernelVersion(6, 12), c => conditions.Contains(c.Word));
        Assert.Equal(topic, known?.Topic);
        if (!known!.When.Any(c => c.Counter is not null)) Assert.Contains("likely", known.What); // not null by the line before
    }

    [Theory]
    [InlineData(null, "wg_xmit", "harmless", "to-group", "going-out")]
    [InlineData(null, "wg_xmit", "harmful", "going-out")]
    [InlineData(null, "ip_tunnel_xmit", "depends", "to-everybody", "going-out")]
    [InlineData(null, "ip_tunnel_rcv", "harmful", "to-group")]
    [InlineData(null, "veth_xmit", "depends", "to-group")]
    [InlineData("QDISC_DROP", "__dev_queue_xmit", "harmless", "no-queue", "to-group")]
    [InlineData("QDISC_DROP", "__dev_queue_xmit", "harmful", "no-queue")]
    [InlineData("IP_RPFILTER", "ip_rcv_finish_core", "depends", "to-everybody")]
    [InlineData("VXLAN_VNI_NOT_FOUND", "vxlan_rcv", "harmless", "to-group")]
    [InlineData("NO_TX_TARGET", "vxlan_xmit", "depends", "to-group")]
    [InlineData("PKT_TOO_BIG", "ip_forward", "depends", "few-a-flow")]
    public void What_is_harmful_to_one_may_be_nobodys_loss_to_many(string? reason, string function, string severity, params string[] conditions)
    {
        KnowledgeEntry? known = KnowledgeBase.Embedded.Of(reason, function, new KernelVersion(7, 0), c => conditions.Contains(c.Word));
        Assert.Equal(severity, known?.Severity.ToString().ToLowerInvariant());
    }

    [Theory]
    [InlineData(0x6558, "Ethernet within GRE")]
    [InlineData(0x88c3, "MaxLinear switch tags")]
    [InlineData(0x9988, "Motorcomm switch tags")]
    [InlineData(0x0060, "loopback test of old")]
    public void The_kernels_own_ethertypes_have_names(int etherType, string name) => Assert.Equal(name, EtherTypes.NameOf(etherType));
}
