namespace DropForensics.Analyze.Facts;

/// <summary>What the functions are that hand packets to the network stack, where their names do not say it.</summary>
internal static class EntryMeaning
{
    /// <summary>In words; null for a driver's own function, whose name says enough.</summary>
    public static string? Of(string? entry) => entry switch
    {
        null => "the stack shows no way in, or none was recorded",
        "process_backlog" => "the per-CPU backlog, which loopback, veth and receive packet steering (RPS) feed",
        "gro_cell_poll" => "the receive queue of tunnels and MACsec (GRO cells)",
        "veth_poll" => "the receive queue of a veth pair",
        "tun_get_user" or "tun_sendmsg" => "a program writing to a tun or tap device",
        "napi_threaded_poll" => "a driver polled from a kernel thread",
        _ when entry.StartsWith("__x64_sys_", StringComparison.Ordinal)
            || entry.StartsWith("__arm64_sys_", StringComparison.Ordinal)
            || entry.StartsWith("__sys_", StringComparison.Ordinal)
            || entry.StartsWith("__se_sys_", StringComparison.Ordinal)
            || entry.StartsWith("do_syscall", StringComparison.Ordinal) => "a system call: the packet was on its way out, or being read",
        _ => null,
    };
}
