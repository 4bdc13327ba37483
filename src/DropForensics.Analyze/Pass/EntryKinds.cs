using DropForensics.Analyze.Facts;
using DropForensics.Core.Model;

namespace DropForensics.Analyze.Pass;

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
