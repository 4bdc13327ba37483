using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Facts;

/// <summary>What the functions are that the story of a drop begins with, where their names do not say it.</summary>
internal static class EntryMeaning
{
    /// <summary>In words; null for a driver's own function, whose name says enough.</summary>
    public static string? Of(SiteReading reading) => (reading.Entry, reading.Kind) switch
    {
        (null, _) when reading.Row.StackId is null => "no stack was recorded",
        (null, _) => "the way in was not recognised",
        ("veth_poll", _) => "the receive queue of a veth pair",
        ("tun_get_user" or "tun_sendmsg", _) => "a program writing to a tun or tap device",
        ("napi_threaded_poll", _) => "a driver polled from a kernel thread",
        ("ieee80211_handle_queued_frames" or "ieee80211_tasklet_handler", _) => "mac80211's queue of frames, which wireless drivers fill",
        (_, EntryKind.Backlog) => "the per-CPU backlog, which loopback, veth and receive packet steering (RPS) feed",
        (_, EntryKind.GroCells) => "the receive queue of tunnels and MACsec (GRO cells)",
        (_, EntryKind.SystemCall) => "a system call: the packet was on its way out, or being read",
        (_, EntryKind.Timer) => "a timer",
        (_, EntryKind.SocketClose) => "a socket being closed",
        (_, EntryKind.Other) => "it began here",
        _ => null,
    };
}
