namespace DropForensics.Analyze.Lake;

/// <summary>
/// The tables of a lake, version 1: what each Parquet file has, in the order of its columns. docs/lake.md shows the same, and a test holds the two
/// together. Every column may be NULL, which means unknown, as in schema.sql. A new column, at a table's end, is no new version; anything else is.
/// </summary>
internal static class LakeSchema
{
    /// <summary>In each file's metadata under <see cref="VersionKey"/>, and in the lake's own file.</summary>
    public const int Version = 1;

    /// <summary>The key of the version in a file's metadata.</summary>
    public const string VersionKey = "dropforensics.lake";

    /// <summary>Columns that lead from one table to another.</summary>
    public const string CaptureUuid = "capture_uuid", Host = "host", HostId = "host_id", StackHash = "stack_hash", Time = "time";

    private static readonly LakeColumn Uuid = Text(CaptureUuid, "the capture it is from"), HostName = Text(Host, "its host's name");

    /// <summary>One row a drop: the view <c>drops</c> of schema.sql, with the capture, the host, and addresses as bytes.</summary>
    public static LakeTable Drops { get; } = new(
        "drops", "one row a drop, by time", IsByDate: true,
        [
            Uuid, HostName, Rising(Time, LakeType.Time, "when, in UTC"),
            Rising("id", LakeType.Number, "its number in the capture"),
            Rising("t_ns", LakeType.Number, "since the window opened, in ns"),
            Number("cpu", "the CPU"), Number("pid", "the interrupted task"), Text("comm", "its name"),
            Text("reason", "as the kernel names it"), Text("subsystem", "whose reason it is: core, mac80211 …"),
            Text("function", "the deciding function"), Text("location", "where the packet was freed"), Text("module", "the deciding function's module"),
            Text("driver", "the driver it came through"), Text("driver_rule", "how that is known"),
            Text("interface", "the packet's interface"), Number("ifindex", "its index"), Number("netns", "its network namespace, an inode"),
            Number("length", "bytes left of the packet"), Number("ethertype", "2048 IPv4, 34525 IPv6, 2054 ARP …"),
            Number("ip_protocol", "6 TCP, 17 UDP, 1 ICMP, 58 ICMPv6 …"), Text("src", "source address"), Text("dst", "destination address"),
            Number("sport", "source port"), Number("dport", "destination port"),
            Number("stack_id", "its stack's number in the capture"), Rising("raw_line", LakeType.Number, "its line in the CPU's text"),
            Number("iif", "index of the interface it came in through"), Number("vlan", "id of a VLAN tag"),
            Number("icmp_type", "type of ICMP"), Number("icmp_code", "code of ICMP"),
            Text("tunnel", "vxlan, gre …: it carries a packet"), Number("inner_ip_protocol", "of the carried packet"),
            Text("inner_src", "of the carried packet"), Text("inner_dst", "of the carried packet"),
            Number("inner_sport", "of the carried packet"), Number("inner_dport", "of the carried packet"),
            Text("owner", "who opened the packet's socket, short"), Text("unit", "the owner's systemd unit"), Text("container", "the owner's container"),
            Text("pod", "the owner's Kubernetes pod, its uid"), Number("uid", "the owner's user"),
            Text("kind", "the event: kfree_skb, or a probe's name"), Text(StackHash, "leads to stacks, in any capture"),
            Bytes("src_ip", "src as 4 or 16 bytes"), Bytes("dst_ip", "dst as 4 or 16 bytes"),
            Bytes("inner_src_ip", "inner_src as 4 or 16 bytes"), Bytes("inner_dst_ip", "inner_dst as 4 or 16 bytes"),
        ]);

    /// <summary>One row an event that is no drop: the view <c>events</c> without its drops.</summary>
    public static LakeTable Events { get; } = new(
        "events", "one row an event beside the drops, by time", IsByDate: true,
        [
            Uuid, HostName, Rising(Time, LakeType.Time, "when, in UTC"), Text("kind", "tcp_retransmit_skb …"),
            Rising("t_ns", LakeType.Number, "since the window opened, in ns"), Number("cpu", "the CPU"), Number("pid", "the task"), Text("comm", "its name"),
            Text("fields", "its fields, a JSON object"), Text("interface", "the interface"), Number("ifindex", "its index"), Number("netns", "its network namespace, an inode"),
            Number("ip_protocol", "6 TCP …"), Text("src", "source address"), Text("dst", "destination address"), Number("sport", "source port"), Number("dport", "destination port"),
            Number("stack_id", "its stack's number in the capture"), Rising("raw_line", LakeType.Number, "its line in the CPU's text"), Text(StackHash, "leads to stacks, in any capture"),
            Bytes("src_ip", "src as 4 or 16 bytes"), Bytes("dst_ip", "dst as 4 or 16 bytes"),
        ]);

    /// <summary>One row a frame of each distinct stack of the lake: the view <c>frames</c>, by what the stack holds.</summary>
    public static LakeTable Stacks { get; } = new(
        "stacks", "one row a frame; each distinct stack once", IsByDate: false,
        [
            Text(StackHash, "of all its frames"), Number("depth", "0 is the deciding function"), Text("symbol", "the function"),
            Number("offset", "bytes from its start"), Text("module", "its module"),
        ]);

    /// <summary>Which stacks a capture has.</summary>
    public static LakeTable CaptureStacks { get; } = new(
        "capture_stacks", "one row a stack of a capture", IsByDate: true,
        [Uuid, HostName, Number("stack_id", "its number in the capture"), Text(StackHash, "leads to stacks"), Number("drops", "captured drops that have it")]);

    /// <summary>One row a capture, drops or none: what was looked for, how long, and how much may be missing.</summary>
    public static LakeTable Captures { get; } = new(
        "captures", "one row a capture, also where it has no drop", IsByDate: true,
        [
            Uuid, HostName, Text(HostId, "leads to hosts"), Text("kernel_release", "uname -r"), Text("machine", "uname -m"), Text("file", "the capture's file"),
            Number("schema", "the file's schema version"), Text("tool", "what made it"), Text("tool_version", "its version"), Text("command_line", "its options"),
            Text("probe", "tracepoint, eprobe, kprobe, function, import"), Text("event", "the traced event"), Text("packets", "headers, full, none"),
            Text("filter", "what was asked for; empty: all"), Text("hits_of", "a function whose hits were recorded, not drops"),
            Text("trace_clock", "mono: times are known"), Text("transport", "how the ring was read"),
            At("window_begin", "in UTC"), At("window_end", "in UTC"), Text("window_basis", "window: the agent opened and closed it; to_last_drop; drops: from first to last"),
            Number("window_ns", "its length"), Number("window_asked_ns", "asked for"), Number("opened_ns", "on the trace clock"), Number("closed_ns", "on the trace clock"),
            Text("ended", "what ended it"), Number("drops", "captured"), Number("other_events", "beside the drops"), Number("stacks", "distinct"),
            Number("witness_drops", "that the kernel counted"), Number("witness_slack", "so many of them may lie between the gates"),
            Text("completeness", "complete, incomplete, unproven"), Number("missing_at_least", "drops"), Number("missing_at_most", "drops"),
            Number("lost_records", "of the rings"), Number("lost_uncounted", "holes of unknown size"), Number("unparsed_lines", "lines that did not parse"),
            Number("drops_without_stack", "though stacks were asked for"), Text("disturbance", "what somebody else changed"), Number("max_rate", "drops a second, the agent's limit"),
            Text("redacted", "what was replaced by tokens"), Number("counter_files", "counters were read from so many files"), Text("analyze_version", "what wrote this row"),
        ]);

    /// <summary>What the host's own counters gained in the window.</summary>
    public static LakeTable Counters { get; } = new(
        "counters", "one row a counter that changed in a capture's window", IsByDate: true,
        [
            Uuid, HostName, Number("netns", "its network namespace, an inode; 0: the whole host"), Text("interface", "of an interface's own"),
            Text("counter", "Udp.NoPorts, link.rx_dropped …"), Number("gain", "by how much"),
        ]);

    /// <summary>Hosts as captures found them: one row for each distinct combination.</summary>
    public static LakeTable Hosts { get; } = new(
        "hosts", "one row a host, and another after a reboot or a new kernel", IsByDate: false,
        [
            Text(HostId, "of all other columns"), HostName, Text("kernel_release", "uname -r"), Text("kernel_version", "uname -v"), Text("machine", "uname -m"),
            Text("boot_id", "the boot's"), Text("cpus_online", "as in 0-3"), Text("time_zone", "the host's"),
        ]);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LakeTable> All { get; } = [Captures, Hosts, Drops, Events, Stacks, CaptureStacks, Counters];

    private static LakeColumn Text(string name, string about) => new(name, LakeType.Text, about);

    private static LakeColumn Number(string name, string about) => new(name, LakeType.Number, about);

    private static LakeColumn Bytes(string name, string about) => new(name, LakeType.Bytes, about);

    private static LakeColumn At(string name, string about) => new(name, LakeType.Time, about);

    private static LakeColumn Rising(string name, LakeType type, string about) => new(name, type, about) { IsRising = true };
}

/// <summary>A table: a folder of Parquet files.</summary>
/// <param name="Name">Its folder.</param>
/// <param name="About">What a row is.</param>
/// <param name="IsByDate">Its files lie in folders <c>date=2026-11-30</c>.</param>
/// <param name="Columns">In the order of the files.</param>
internal sealed record LakeTable(string Name, string About, bool IsByDate, IReadOnlyList<LakeColumn> Columns)
{
    /// <summary>The place of a column by its name.</summary>
    public int this[string column]
    {
        get
        {
            for (int i = 0; i < Columns.Count; i++)
            {
                if (Columns[i].Name == column) return i;
            }

            throw new ArgumentException($"{Name} has no column {column}", nameof(column));
        }
    }
}

/// <summary>A column.</summary>
/// <param name="Name">Lower case.</param>
/// <param name="Type">What it holds.</param>
/// <param name="About">In words.</param>
internal sealed record LakeColumn(string Name, LakeType Type, string About)
{
    /// <summary>Its numbers mostly rise from row to row: their differences are stored.</summary>
    public bool IsRising { get; init; }
}

/// <summary>What a column holds.</summary>
internal enum LakeType
{
    /// <summary>UTF-8 text, each distinct one stored once: Parquet BYTE_ARRAY, STRING.</summary>
    Text,

    /// <summary>A whole number of 64 bits: Parquet INT64.</summary>
    Number,

    /// <summary>A time in UTC, in ns since 1970: Parquet INT64, TIMESTAMP(NANOS, UTC).</summary>
    Time,

    /// <summary>Bytes: Parquet BYTE_ARRAY.</summary>
    Bytes,
}
