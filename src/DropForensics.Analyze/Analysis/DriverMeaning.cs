using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Attribution;

namespace DropForensics.Analyze.Analysis;

/// <summary>How a driver is known, or why it is not: the rules of attribution in words.</summary>
internal static class DriverMeaning
{
    public static string Of(SiteReading site, DriverReading reading) => (reading.Driver, reading.Rule, reading.Link) switch
    {
        (not null, DriverRule.Module, _) => "named by the kernel: the module of the frame that called into the stack",
        (not null, DriverRule.Interface, { Lower: not null } link) =>
            $"the packet's interface runs on top of an interface of this driver{Above(link)}",
        (not null, DriverRule.Interface, _) => "the packet's interface uses this driver",
        (not null, DriverRule.Symbol, _) => "likely: by the prefix of that function's name, because the trace names no module",
        (not null, DriverRule.Backlog, _) => "likely: inferred from the counters of the interfaces that feed the per-CPU backlog",
        (not null, var rule, _) => rule ?? "stored in the capture",
        (null, _, { Lower: not null } link) =>
            $"the packet's interface runs on top of others{Above(link)}, whose drivers differ or are unknown",
        (null, _, not null) => "the host reports no driver for the packet's interface",
        _ when site.Row.StackId is null => "no stack was recorded with them",
        _ when reading.Candidates is { } candidates => $"{Both(candidates)} fed the per-CPU backlog they were taken from; the stack does not show which",
        _ => site.Kind switch
        {
            EntryKind.Backlog => "they came through the per-CPU backlog, where the stack no longer shows what queued them",
            EntryKind.GroCells => "their origin is unknown: the queue of tunnels and MACsec (GRO cells) does not show whose packets they were",
            EntryKind.Poll or EntryKind.HandOver => "their origin is unknown: the function that passed them to the stack belongs to no known driver",
            EntryKind.SystemCall => "the stack shows no driver: it began in a system call that sends or reads a packet",
            EntryKind.Timer => "the stack shows no driver: it began in a timer",
            EntryKind.SocketClose => "the stack shows no driver: the packets waited in a socket that was being closed",
            EntryKind.Other => "the stack shows no driver: it began in the kernel's own work",
            _ => "their origin is unknown",
        },
    };

    /// <summary>The same in few words, for a picture.</summary>
    public static string Short(SiteReading site, DriverReading reading) => (reading.Driver, reading.Rule, reading.Link) switch
    {
        (not null, DriverRule.Module, _) => "named by the kernel",
        (not null, DriverRule.Interface, _) => "by the interface",
        (not null, DriverRule.Symbol, _) => "likely: by function name",
        (not null, DriverRule.Backlog, _) => "likely: counters",
        (not null, var rule, _) => rule ?? "",
        (null, _, not null) => "the host reports none",
        _ when site.Row.StackId is null => "no stack recorded",
        _ when reading.Candidates is { } candidates => $"{Both(candidates)} fed the backlog",
        _ => site.Kind switch
        {
            EntryKind.Backlog => "backlog: not in the stack",
            EntryKind.SystemCall => "none: a system call",
            EntryKind.Timer => "none: a timer",
            EntryKind.SocketClose => "none: a socket being closed",
            EntryKind.Other => "none in the stack",
            _ => "origin unknown",
        },
    };

    /// <summary><c>both</c>, <c>each</c></summary>
    public static string Both(string candidates) => candidates.Split(", ").Length == 2 ? "both" : "each";

    private static string Above(LinkRow link) => link.Driver is null ? "" : $" (through {link.Driver})";
}

/// <summary>What the functions are that the story of a drop begins with, where their names do not say it.</summary>
internal static class EntryMeaning
{
    /// <summary>In words; null for a driver's own function, whose name says enough.</summary>
    public static string? Of(SiteReading reading) => (reading.Entry, reading.Kind) switch
    {
        (null, _) when reading.Row.StackId is null => "no stack was recorded",
        (null, _) => "the origin is unknown",
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
