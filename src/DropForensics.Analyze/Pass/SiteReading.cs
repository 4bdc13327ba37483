using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Text;

namespace DropForensics.Analyze.Pass;

/// <summary>A site with what its stack shows beyond its attribution: how packets came in, where they were heading (<see cref="Headings"/>), and at which hook a firewall was asked.</summary>
internal sealed record SiteReading(SiteRow Row, EntryKind Kind, bool? IsOut, FirewallHook? Hook)
{
    /// <summary>Where in the deciding function the packets were dropped; null where neither stack nor location shows it.</summary>
    public SourcePlace? Place { get; init; }

    /// <summary>Position of the deciding function in the stack.</summary>
    public int FirstFrame => (int)(Row.FirstFrame ?? 0);

    public string? Function => Row.Function;

    public string? Module => Row.Module;

    public string? FunctionRule => Row.FunctionRule;

    public string? Entry => Row.Entry;

    public string? Driver => Row.Driver;

    public string? DriverRule => Row.DriverRule;

    /// <summary>The drivers it may have been, comma separated; null where nothing narrows it.</summary>
    public string? Candidates => Row.DriverCandidates;

    /// <summary>Reads a site's stack.</summary>
    public static SiteReading Of(SiteRow row, CallStack? stack)
    {
        int first = (int)(row.FirstFrame ?? 0);
        return new SiteReading(row, EntryKinds.Of(row.Entry, first, stack), Headings.IsOut(first, stack), FirewallHook.Of(first, stack)) { Place = PlaceOf(row, first, stack) };
    }

    private static SourcePlace? PlaceOf(SiteRow row, int first, CallStack? stack)
    {
        if (row.FunctionRule == "stack") return stack?.Frames is { } frames && first < frames.Count && frames[first] is { Offset: { } offset } frame ? new SourcePlace(frame.Symbol, frame.Module, offset) : null;
        return row.FunctionRule == "location" && row.Location is { } location && PrintedSymbol.TryParse(System.Text.Encoding.UTF8.GetBytes(location), out PrintedSymbol symbol) && symbol.Offset is { } at
            ? new SourcePlace(System.Text.Encoding.UTF8.GetString(symbol.Name), row.Module, at) : null;
    }
}

/// <summary>The driver of drops of one site at one interface, as the view <c>drops</c> has it, and the rule that found it.</summary>
/// <param name="Driver">Null where unknown.</param>
/// <param name="Rule"><c>module</c>, <c>interface</c>, <c>symbol</c> or <c>backlog</c>; null where none did.</param>
/// <param name="Candidates">The drivers it may have been, comma separated; null where nothing narrows it.</param>
/// <param name="Link">The interface; null where unknown.</param>
internal sealed record DriverReading(string? Driver, string? Rule, string? Candidates, LinkRow? Link)
{
    /// <summary>That of a drop: see <see cref="DriverRule.First"/>.</summary>
    public static DriverReading Of(SiteReading site, LinkRow? link)
    {
        (string? driver, string? rule) = DriverRule.First(site.Driver, site.DriverRule, link is not null, link?.BaseDriver);
        return new DriverReading(driver, rule, link is null && driver is null ? site.Candidates : null, link);
    }
}

/// <summary>Tells what an entry is by its name and by the frames on either side of it.</summary>
internal static class EntryKinds
{
    // Callers as the kernel names them from 5.10 to 7.3 (net/core/dev.c, net/core/netpoll.c, kernel/time/timer.c, hrtimer.c).
    private static readonly string[] PollCallers =
    [
        "__napi_poll", "napi_poll", "net_rx_action", "napi_busy_loop", "__napi_busy_loop", "busy_poll_stop", "napi_threaded_poll",
        "napi_threaded_poll_loop", "poll_one_napi", "poll_napi",
    ];

    private static readonly string[] TimerCallers = ["call_timer_fn", "expire_timers", "__run_timers", "__hrtimer_run_queues"];

    private static readonly string[] SystemCalls =
    [
        "__x64_sys_", "__ia32_sys_", "__arm64_sys_", "__sys_", "__se_sys_", "__do_sys_", "do_syscall", "do_fast_syscall", "__do_fast_syscall",
        "x64_sys_call", "ia32_sys_call", "do_int80", "invoke_syscall", "el0_svc",
    ];

    // Destructors of sockets (net/core/sock.c, net/ipv4/af_inet.c, net/netlink/af_netlink.c, net/packet/af_packet.c).
    private static readonly string[] SocketDestructors = ["sk_destruct", "sk_free", "sock_destruct"];

    private static readonly string[] HandOvers =
        ["napi_gro_", "gro_", "dev_gro_", "napi_complete_done", "napi_skb_finish", "netif_r", "__netif_r", "enqueue_to_backlog", "do_xdp_generic", "ieee80211_rx_", "__ieee80211_rx_"];

    public static EntryKind Of(string? entry, int firstFrame, CallStack? stack)
    {
        switch (entry)
        {
            case null: return EntryKind.Unrecognised;
            case "process_backlog": return EntryKind.Backlog;
            case "gro_cell_poll": return EntryKind.GroCells;
        }

        IReadOnlyList<Frame> frames = stack?.Frames ?? [];
        int at = firstFrame;
        while (at < frames.Count && Name(frames[at]) != entry) at++;
        string caller = at + 1 < frames.Count ? Name(frames[at + 1]) : "", callee = at > firstFrame && at < frames.Count ? Name(frames[at - 1]) : "";
        return entry switch
        {
            _ when PollCallers.Contains(caller) => EntryKind.Poll,
            _ when Begins(callee, HandOvers) => EntryKind.HandOver,
            _ when Begins(entry, SystemCalls) || Begins(caller, SystemCalls) => EntryKind.SystemCall,
            _ when TimerCallers.Contains(caller) => EntryKind.Timer,
            _ when SocketDestructors.Any(d => entry.EndsWith(d, StringComparison.Ordinal)) => EntryKind.SocketClose,
            _ => EntryKind.Other,
        };
    }

    private static bool Begins(string name, string[] prefixes) => prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal));

    private static string Name(Frame frame) => frame.Symbol.Split('.')[0];
}

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
        "__napi_poll", "net_rx_action", // frames below were interrupted, and may send for themselves
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
