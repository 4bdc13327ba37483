using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Attribution;

/// <summary>Stacks as real kernels printed them, and what must be made of them.</summary>
public sealed class SiteAttributorTests
{
    private const string Loopback =
        " process_backlog __napi_poll net_rx_action handle_softirqs do_softirq.part.0 __local_bh_enable_ip __dev_queue_xmit"
        + " ip_finish_output2 ip_output ip_send_skb udp_send_skb udp_sendmsg __sys_sendto __x64_sys_sendto do_syscall_64"
        + " entry_SYSCALL_64_after_hwframe";

    private const string Udp = "__udp4_lib_rcv ip_protocol_deliver_rcu ip_local_deliver_finish __netif_receive_skb_one_core" + Loopback;

    private const string Ath11k =
        "tcp_v4_rcv ip_protocol_deliver_rcu ip_local_deliver_finish __netif_receive_skb_core.constprop.0"
        + " __netif_receive_skb_list_core netif_receive_skb_list_internal napi_complete_done ath11k_pcic_ext_grp_napi_poll"
        + " __napi_poll napi_threaded_poll kthread ret_from_fork";

    [Theory]
    [InlineData("trace_event_raw_event_kfree_skb kfree_skb_reason ", 2)]
    [InlineData("kprobe_trace_func kprobe_dispatcher kprobe_ftrace_handler create_port kfree_skb_reason ", 5)]
    public void The_wireless_drops_of_the_article(string freePath, int firstFrame) => Assert.Equal(
        new SiteAttribution
        {
            FirstFrame = firstFrame,
            Function = "tcp_v4_rcv",
            FunctionRule = "stack",
            Entry = "ath11k_pcic_ext_grp_napi_poll",
            Driver = "ath11k",
            DriverRule = "symbol",
        },
        Of(freePath + Ath11k));

    [Fact]
    public void A_network_card_whose_module_the_kernel_names() => Assert.Equal(
        new SiteAttribution
        {
            FirstFrame = 2,
            Function = "__udp4_lib_rcv",
            FunctionRule = "stack",
            Entry = "e1000_clean",
            Driver = "e1000",
            DriverRule = "module",
        },
        Of("""
            trace_event_raw_event_kfree_skb+0x7a/0xc0
            kfree_skb_reason+0x7b/0xd0
            __udp4_lib_rcv+0x9a2/0xc30
            ip_protocol_deliver_rcu+0xd8/0x210
            ip_local_deliver_finish+0x72/0x90
            ip_sublist_rcv_finish+0x7e/0x90
            ip_sublist_rcv+0x192/0x240
            ip_list_rcv+0x139/0x170
            __netif_receive_skb_list_core+0x29e/0x2c0
            netif_receive_skb_list_internal+0x1cd/0x300
            napi_complete_done+0x6d/0x1a0
            e1000_clean+0x296/0x6b0 [e1000]
            __napi_poll+0x2b/0x160
            net_rx_action+0x2a0/0x350
            handle_softirqs+0xd7/0x280
            __irq_exit_rcu+0xac/0xe0
            """));

    [Theory] // the free path by kernel and by probe
    [InlineData("5.10 tracepoint", "trace_event_raw_event_kfree_skb kfree_skb ")]
    [InlineData("5.10 kprobe", "kprobe_trace_func kprobe_dispatcher aggr_pre_handler kprobe_ftrace_handler ftrace_ops_assist_func 0xffffffffc00c50c8 kfree_skb ")]
    [InlineData("6.1 eprobe", "eprobe_trigger_func event_triggers_call trace_event_buffer_commit trace_event_raw_event_kfree_skb kfree_skb_reason ")]
    [InlineData("6.1 kretprobe", "kretprobe_trace_func kretprobe_dispatcher kretprobe_rethook_handler rethook_trampoline_handler arch_rethook_trampoline_callback arch_rethook_trampoline ")]
    [InlineData("6.12 two users", "trace_event_raw_event_kfree_skb __traceiter_kfree_skb sk_skb_reason_drop ")]
    [InlineData("6.12 tprobe", "fentry_trace_func fentry_dispatcher fprobe_handler 0xffffffffc05630de __probestub_kfree_skb sk_skb_reason_drop ")]
    [InlineData("6.12 kprobe at an offset", "kprobe_trace_func kprobe_dispatcher kprobe_int3_handler exc_int3 asm_exc_int3 sk_skb_reason_drop ")]
    [InlineData("6.18 fprobe", "fentry_trace_func fentry_dispatcher fprobe_entry function_graph_enter_regs ftrace_graph_func 0xffffffffc0401095 sk_skb_reason_drop ")]
    [InlineData("7.3 fprobe", "fentry_trace_func fentry_dispatcher fprobe_ftrace_entry 0xffffffffc0601095 sk_skb_reason_drop ")]
    [InlineData("a named trampoline", "kprobe_trace_func kprobe_dispatcher kprobe_ftrace_handler ftrace_trampoline+0x0/0x10 [__builtin__ftrace] kfree_skb ")]
    [InlineData("tracing yet to be invented", "some_new_trace_func kfree_skb ")]
    public void The_decider_stands_below_the_free_path(string where, string freePath)
    {
        SiteAttribution attribution = Of(freePath + Udp);
        Assert.True(attribution.Function == "__udp4_lib_rcv", where);
        Assert.Equal(Made.Stack(freePath).Frames.Count, attribution.FirstFrame);
        Assert.Equal("process_backlog", attribution.Entry);
        Assert.Null(attribution.Driver);
    }

    [Theory]
    [InlineData("trace_event_raw_event_kfree_skb kfree_skb_reason kfree_skb_list_reason __dev_queue_xmit arp_xmit", "__dev_queue_xmit")] // 6.1, netem
    [InlineData("trace_event_raw_event_kfree_skb __tcf_kfree_skb_list __dev_queue_xmit arp_xmit", "__dev_queue_xmit")]                  // 7.3
    [InlineData("trace_event_raw_event_kfree_skb kfree_skb_reason kfree_skb_list_reason skb_release_data kfree_skb_reason tcp_v4_rcv x", "tcp_v4_rcv")]
    [InlineData("trace_event_raw_event_kfree_skb sk_skb_reason_drop skb_queue_purge_reason unix_release_sock unix_release", "unix_release_sock")]
    [InlineData("trace_event_raw_event_kfree_skb sk_skb_reason_drop tcp_drop_reason tcp_data_queue tcp_rcv_established", "tcp_data_queue")]
    [InlineData("trace_event_raw_event_kfree_skb net_tx_action handle_softirqs run_ksoftirqd", "net_tx_action")]
    public void Helpers_free_on_anothers_word_unless_they_stand_alone(string frames, string function) => Assert.Equal(function, Of(frames).Function);

    [Fact]
    public void Freeing_that_was_interrupted_is_another_story()
    {
        SiteAttribution attribution = Of("kprobe_trace_func my_filter ip_rcv process_backlog __napi_poll net_rx_action handle_softirqs asm_common_interrupt kfree_skb unix_release");
        Assert.Equal("my_filter", attribution.Function);
    }

    [Fact]
    public void A_probe_on_the_users_own_function_names_that()
    {
        SiteAttribution attribution = Of("kprobe_trace_func kprobe_dispatcher kprobe_ftrace_handler create_port nf_hook_slow ip_rcv" + Loopback);
        Assert.Equal("nf_hook_slow", attribution.Function);
        Assert.Equal(4, attribution.FirstFrame);
    }

    [Theory]
    [InlineData("unix_stream_connect __sys_connect __x64_sys_connect do_syscall_64 entry_SYSCALL_64_after_hwframe", "__x64_sys_connect")]                          // 6.12
    [InlineData("udp_destruct_common udp_destruct_sock __sk_destruct rcu_do_batch rcu_core handle_softirqs", "__sk_destruct")]                                     // 6.12
    [InlineData("udp_destruct_common udp_destruct_sock __sk_destruct rcu_core __do_softirq", "__sk_destruct")]                                                     // 5.10
    [InlineData("tcp_write_err tcp_retransmit_timer tcp_write_timer_handler tcp_write_timer call_timer_fn __run_timers handle_softirqs", "tcp_write_timer")]
    [InlineData("ip6_mc_input __netif_receive_skb_one_core process_backlog __napi_poll net_rx_action handle_softirqs __irq_exit_rcu sysvec_apic_timer_interrupt asm_sysvec_apic_timer_interrupt ftrace_test_record", "process_backlog")]
    [InlineData("ip_rcv __netif_receive_skb_one_core process_backlog net_rx_action __do_softirq asm_call_irq_on_stack do_softirq_own_stack", "process_backlog")] // 5.10
    [InlineData("udp_destruct_common udp_destruct_sock __sk_destruct", null)]                                                                                    // cut short
    public void Local_stories_begin_with_a_call_a_timer_or_the_backlog_and_have_no_driver(string frames, string? entry)
    {
        SiteAttribution attribution = Of("trace_event_raw_event_kfree_skb sk_skb_reason_drop " + frames);
        Assert.Equal(entry, attribution.Entry);
        Assert.Null(attribution.Driver);
    }

    [Theory]
    // Whatever stands between the card and the drop, the card's poll wins.
    [InlineData("ip_rcv netif_receive_skb_internal br_pass_frame_up+0x1/0x2 [bridge] br_handle_frame+0x1/0x2 [bridge] __netif_receive_skb_core.constprop.0 netif_receive_skb_list_internal napi_complete_done igb_poll+0x1/0x2 [igb] __napi_poll net_rx_action handle_softirqs", "igb_poll", "igb", "module")]
    [InlineData("udp_rcv ip_rcv netif_rx gro_cells_receive vxlan_rcv+0x1/0x2 [vxlan] udp_queue_rcv_one_skb ip_rcv __netif_receive_skb_one_core netif_receive_skb mlx5e_napi_poll+0x1/0x2 [mlx5_core] __napi_poll net_rx_action", "mlx5e_napi_poll", "mlx5_core", "module")]
    [InlineData("ieee80211_rx_list+0x1/0x2 [mac80211] ieee80211_rx_napi+0x1/0x2 [mac80211] iwl_mvm_rx_mpdu_mq+0x1/0x2 [iwlmvm] iwl_pcie_rx_handle+0x1/0x2 [iwlwifi] iwl_pcie_napi_poll_msix+0x1/0x2 [iwlwifi] __napi_poll net_rx_action", "iwl_pcie_napi_poll_msix", "iwlwifi", "module")]
    [InlineData("ip_rcv napi_gro_receive wg_packet_rx_poll+0x1/0x2 [wireguard] __napi_poll net_rx_action", "wg_packet_rx_poll", "wireguard", "module")]
    [InlineData("tcp_v4_rcv napi_gro_receive virtnet_poll __napi_poll napi_busy_loop tcp_recvmsg", "virtnet_poll", "virtio_net", "symbol")]
    [InlineData("skb_dropping_here e1000_clean_rx_irq+0x1/0x2 [e1000e] e1000e_poll+0x1/0x2 [e1000e] __napi_poll", "e1000e_poll", "e1000e", "module")]
    [InlineData("ip_rcv napi_gro_receive nobody_knows_poll __napi_poll net_rx_action", "nobody_knows_poll", null, null)]
    // Without a poll it is who called the outermost function drivers call.
    [InlineData("ip_rcv netif_receive_skb br_pass_frame_up+0x1/0x2 [bridge] __netif_receive_skb_core netif_receive_skb tun_get_user+0x1/0x2 [tun] tun_chr_write_iter+0x1/0x2 [tun] vfs_write __x64_sys_write do_syscall_64", "tun_get_user", "tun", "module")]
    [InlineData("ip_rcv netif_receive_skb_list ieee80211_rx_napi+0x1/0x2 [mac80211] ath_rx_tasklet+0x1/0x2 [ath9k] ath9k_tasklet+0x1/0x2 [ath9k] tasklet_action_common handle_softirqs", "ath_rx_tasklet", "ath9k", "module")]
    [InlineData("enqueue_to_backlog netif_rx_internal __netif_rx loopback_xmit dev_hard_start_xmit __dev_queue_xmit ip_output __x64_sys_sendto do_syscall_64", "loopback_xmit", "loopback", "symbol")]
    // What was left in a queue is nobody's by its stack; mac80211 is no driver.
    [InlineData("ieee80211_rx_handlers+0x1/0x2 [mac80211] ieee80211_rx_list+0x1/0x2 [mac80211] ieee80211_rx_napi+0x1/0x2 [mac80211] ieee80211_handle_queued_frames+0x1/0x2 [mac80211] tasklet_action_common handle_softirqs", "ieee80211_handle_queued_frames", null, null)]
    [InlineData("llc_rcv+0x1/0x2 [llc] netif_receive_skb ieee80211_rx_list+0x1/0x2 [mac80211] ieee80211_rx_napi+0x1/0x2 [mac80211] ieee80211_tasklet_handler+0x1/0x2 [mac80211] tasklet_action_common handle_softirqs", "ieee80211_tasklet_handler", null, null)]
    [InlineData("udp_rcv ip_rcv netif_receive_skb_list_internal napi_complete_done gro_cell_poll __napi_poll net_rx_action", "gro_cell_poll", null, null)]
    // A driver that drops what it is given to send.
    [InlineData("e1000_tx_csum+0x1/0x2 [e1000] e1000_xmit_frame+0x1/0x2 [e1000] dev_hard_start_xmit sch_direct_xmit __dev_queue_xmit ip_output __x64_sys_sendto do_syscall_64", "__x64_sys_sendto", "e1000", "module")]
    [InlineData("veth_xmit dev_hard_start_xmit __dev_queue_xmit ip_forward ip_rcv napi_gro_receive e1000_clean __napi_poll net_rx_action", "e1000_clean", "veth", "symbol")]
    [InlineData("nf_hook_slow ip_output vxlan_xmit+0x1/0x2 [vxlan] dev_hard_start_xmit __dev_queue_xmit __x64_sys_sendto do_syscall_64", "__x64_sys_sendto", null, null)]
    public void The_driver_is_who_called_into_the_stack(string frames, string entry, string? driver, string? rule)
    {
        SiteAttribution attribution = Of("trace_event_raw_event_kfree_skb kfree_skb_reason " + frames);
        Assert.Equal((entry, driver, rule), (attribution.Entry, attribution.Driver, attribution.DriverRule));
    }

    [Theory]
    [InlineData("kfree_skb", "tcp_v4_rcv+0x7d/0xf20", "tcp_v4_rcv", null, "location")]
    [InlineData("kfree_skb", "br_handle_frame.isra.0+0x7d/0xf20 [bridge]", "br_handle_frame", "bridge", "location")]
    [InlineData("kfree_skb", "tcp_ack", "tcp_ack", null, "caller")]
    [InlineData("__kfree_skb", "tcp_ack", "tcp_ack", null, "caller")]
    [InlineData("__kfree_skb", "tcp_ack+0x1a0/0xf10", "tcp_ack", null, "caller")]
    [InlineData("kfree_skb", "__tcf_kfree_skb_list+0x1/0x2", null, null, null)]
    [InlineData("kfree_skb", "ffffffff865ad8f3", null, null, null)]
    [InlineData("kfree_skb", "0xffffffffc05610de", null, null, null)]
    [InlineData("kfree_skb", "", null, null, null)]
    [InlineData("kfree_skb", null, null, null, null)]
    public void Without_a_stack_the_event_has_the_word(string name, string? location, string? function, string? module, string? rule)
    {
        SiteAttribution attribution = SiteAttributor.Attribute(name, location, null);
        Assert.Equal(new SiteAttribution { Function = function, Module = module, FunctionRule = rule }, attribution);
        Assert.Equal(attribution, SiteAttributor.Attribute(name, location, new CallStack([])));
    }

    [Fact]
    public void A_stack_that_ends_in_the_free_path_leaves_the_word_to_the_event()
    {
        CallStack stack = Made.Stack("trace_event_raw_event_kfree_skb sk_skb_reason_drop");
        Assert.Equal(
            new SiteAttribution { FirstFrame = 1, Function = "udp_rcv", FunctionRule = "location" },
            SiteAttributor.Attribute("kfree_skb", "udp_rcv+0x49e/0xb20", stack));
    }

    [Fact]
    public void Any_part_of_a_stack_is_attributed_without_complaint()
    {
        Frame[] frames = [.. Made.Stack("kprobe_trace_func kprobe_ftrace_handler create_port kfree_skb_reason " + Udp).Frames];
        for (int from = 0; from <= frames.Length; from++)
        {
            for (int to = from; to <= frames.Length; to++)
            {
                SiteAttribution attribution = SiteAttributor.Attribute("kfree_skb", null, new CallStack(frames[from..to]));
                Assert.InRange(attribution.FirstFrame, 0, Math.Max(0, to - from - 1));
            }
        }
    }

    private static SiteAttribution Of(string frames) => SiteAttributor.Attribute("kfree_skb", null, Made.Stack(frames));
}
