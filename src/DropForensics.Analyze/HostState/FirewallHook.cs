using DropForensics.Core.Model;

namespace DropForensics.Analyze.HostState;

/// <summary>A place at which the kernel asks the firewall about a packet, as nft names it.</summary>
/// <param name="Family"><c>ip</c>, <c>ip6</c>, <c>bridge</c>, <c>arp</c>, <c>netdev</c>.</param>
/// <param name="Name"><c>input</c>, <c>forward</c>.</param>
internal sealed record FirewallHook(string Family, string Name)
{
    /// <summary>True where the stack shows that a chain of nftables dropped the packet; null where it does not show who did.</summary>
    public bool? IsNft { get; init; }

    // What asks, or walks a chain of rules: on the stack between the deciding function and the one whose hook it is.
    private static readonly string[] Asking = ["nf_hook_slow", "nf_hook_slow_list", "nf_hook", "nf_hook_ingress", "nf_hook_egress"];
    private static readonly string[] Walking = ["nft_do_chain", "ipt_do_table", "ip6t_do_table", "arpt_do_table", "ebt_do_table"];

    // Functions of 5.10 to 7.3 that hold a hook, the inlined ones (NF_HOOK in include/linux/netfilter.h) included.
    private static readonly Dictionary<string, FirewallHook> ByFunction = new (string Family, string Name, string[] Functions)[]
    {
        ("ip", "prerouting", ["ip_rcv", "ip_list_rcv", "ip_sublist_rcv"]),
        ("ip", "input", ["ip_local_deliver"]),
        ("ip", "forward", ["ip_forward"]),
        ("ip", "output", ["__ip_local_out", "ip_local_out", "ip_build_and_send_pkt", "raw_sendmsg", "raw_send_hdrinc"]),
        ("ip", "postrouting", ["ip_output", "ip_mc_output"]),
        ("ip6", "prerouting", ["ipv6_rcv", "ipv6_list_rcv", "ip6_sublist_rcv"]),
        ("ip6", "input", ["ip6_input", "ip6_mc_input"]),
        ("ip6", "forward", ["ip6_forward"]),
        ("ip6", "output", ["__ip6_local_out", "ip6_local_out", "ip6_xmit", "rawv6_sendmsg", "rawv6_send_hdrinc", "mld_sendpack", "ndisc_send_skb"]),
        ("ip6", "postrouting", ["ip6_output"]),
        ("bridge", "prerouting", ["br_handle_frame"]),
        ("bridge", "input", ["br_pass_frame_up"]),
        ("bridge", "forward", ["__br_forward", "br_forward"]),
        ("bridge", "postrouting", ["br_forward_finish"]),
        ("arp", "input", ["arp_rcv"]),
        ("arp", "output", ["arp_xmit", "arp_send_dst"]),
        ("netdev", "ingress", ["__netif_receive_skb_core", "__netif_receive_skb_one_core", "__netif_receive_skb_list_core"]),
        ("netdev", "egress", ["__dev_queue_xmit", "dev_queue_xmit"]),
    }.SelectMany(hook => hook.Functions.Select(function => (function, Hook: new FirewallHook(hook.Family, hook.Name)))).ToDictionary(each => each.function, each => each.Hook);

    /// <summary>The hook at which a packet was dropped; null if the stack does not show that rules were asked there: connection tracking drops packets too, and NFQUEUE.</summary>
    /// <param name="firstFrame">Position of the deciding function.</param>
    /// <param name="stack">The stack; null if none was taken.</param>
    public static FirewallHook? Of(int firstFrame, CallStack? stack)
    {
        string[] names = [.. (stack?.Frames ?? []).Skip(firstFrame).Select(frame => frame.Symbol.Split('.')[0])];
        int asked = Array.FindIndex(names, name => !IsPart(name));
        if (asked <= 0 || ByFunction.GetValueOrDefault(names[asked]) is not { } hook) return null;

        // It forwards, and it sends packets of this host: then br_dev_xmit is on the stack.
        if (names[asked] is "__br_forward" or "br_forward" && names.Contains("br_dev_xmit")) hook = hook with { Name = "output" };

        // It asks at prerouting without nf_hook_slow. If that is on the stack, br_pass_frame_up was inlined, which asks at input.
        if (names[asked] == "br_handle_frame" && names.Take(asked).Contains("nf_hook_slow")) hook = hook with { Name = "input" };
        return names.Take(asked).Any(name => name.StartsWith("nft_do_chain", StringComparison.Ordinal)) ? hook with { IsNft = true } : hook;
    }

    private static bool IsPart(string name) => Asking.Contains(name) || Walking.Any(walker => name.StartsWith(walker, StringComparison.Ordinal));
}
