using DropForensics.Core.Model;

namespace DropForensics.Analyze.Pass;

/// <summary>Where a packet was heading, by the frames from the deciding function outwards: what sends or what receives comes first.</summary>
internal static class Headings
{
    // Functions that run when the packet already points to the interface it is to leave through (5.10 to 7.3): from the IP layer's output, the bridge's
    // and the queueing layer down to the driver.
    private static readonly string[] Sending =
    [
        "__dev_queue_xmit", "dev_queue_xmit", "__dev_direct_xmit", "dev_direct_xmit", "dev_hard_start_xmit", "sch_direct_xmit", "__qdisc_run", "qdisc_run", "net_tx_action",
        "ip_output", "ip_mc_output", "ip_finish_output", "ip_finish_output2", "__ip_finish_output", "ip_fragment", "ip_do_fragment", "ip6_output", "ip6_finish_output",
        "ip6_finish_output2", "__ip6_finish_output", "ip6_fragment", "neigh_resolve_output", "neigh_connected_output", "__neigh_event_send", "arp_xmit", "ndisc_send_skb",
        "br_forward_finish", "__br_forward", "br_dev_queue_push_xmit", "br_dev_xmit", "bond_start_xmit", "vlan_dev_hard_start_xmit", "ip_tunnel_xmit", "iptunnel_xmit",
        "udp_tunnel_xmit_skb", "vxlan_xmit", "vxlan_xmit_one", "geneve_xmit", "veth_xmit", "loopback_xmit",
    ];

    private static readonly string[] Receiving =
    [
        "__netif_receive_skb_core", "__netif_receive_skb_one_core", "__netif_receive_skb", "netif_receive_skb", "netif_receive_skb_internal", "__netif_receive_skb_list_core",
        "netif_receive_skb_list_internal", "netif_rx", "netif_rx_internal", "__netif_rx", "enqueue_to_backlog", "process_backlog", "napi_gro_receive", "dev_gro_receive", "gro_receive_skb",
        "ip_rcv", "ip_list_rcv", "ip_local_deliver", "ip_local_deliver_finish", "ip_protocol_deliver_rcu", "ip_forward", "ipv6_rcv", "ipv6_list_rcv", "ip6_input", "ip6_input_finish",
        "ip6_protocol_deliver_rcu", "ip6_forward", "br_handle_frame", "tcp_v4_rcv", "tcp_v6_rcv", "udp_rcv", "udpv6_rcv", "__udp4_lib_rcv", "__udp6_lib_rcv",
        "__napi_poll", "net_rx_action", // what stands below was interrupted, and may send for itself
    ];

    /// <summary>True: out; false: in; null: the stack does not show it.</summary>
    public static bool? IsOut(int firstFrame, CallStack? stack)
    {
        foreach (Frame frame in (stack?.Frames ?? []).Skip(firstFrame))
        {
            string name = frame.Symbol.Split('.')[0];
            if (Sending.Contains(name)) return true;
            if (Receiving.Contains(name)) return false;
        }

        return null;
    }
}
