namespace DropForensics.Core.Store;

/// <summary>What a capture is and how it ended: the only row of table <c>capture</c>. Each member is the column of the same name in schema.sql.</summary>
public sealed record CaptureRow
{
    /// <summary>Random, made with the file.</summary>
    public required string Uuid { get; init; }

    /// <summary><c>capture</c> on a host, <c>analyze import</c> for imported text.</summary>
    public required string Tool { get; init; }

    /// <summary>Version of that tool, as its <c>--version</c> prints it.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The options as given, without the program's name.</summary>
    public required string CommandLine { get; init; }

    /// <summary>The host's name; null in imports that do not have it.</summary>
    public string? HostName { get; init; }

    /// <summary><c>uname -r</c>.</summary>
    public string? KernelRelease { get; init; }

    /// <summary><c>uname -v</c>.</summary>
    public string? KernelVersion { get; init; }

    /// <summary><c>uname -m</c>.</summary>
    public string? Machine { get; init; }

    /// <summary><c>/proc/sys/kernel/random/boot_id</c>: tells two boots of one host apart.</summary>
    public string? BootId { get; init; }

    /// <summary>The host's time zone as UTC offset and name: <c>+01:00 CET</c>.</summary>
    public string? TimeZone { get; init; }

    /// <summary>CPU ranges, as in <c>/sys/devices/system/cpu/online</c>: <c>0-3</c>.</summary>
    public string? CpusOnline { get; init; }

    /// <summary><c>tracepoint</c>, <c>eprobe</c>, <c>kprobe</c>, <c>function</c> or <c>import</c>.</summary>
    public required string Probe { get; init; }

    /// <summary>Why the agent chose this probe, as a sentence.</summary>
    public string? ProbeWhy { get; init; }

    /// <summary>The traced event: <c>skb:kfree_skb</c>, or the name of our own probe.</summary>
    public string? Event { get; init; }

    /// <summary>As written to <c>dynamic_events</c> or <c>kprobe_events</c>; null if the probe needs none.</summary>
    public string? ProbeDefinition { get; init; }

    /// <summary>The function whose calls were recorded instead of drops; null for drops.</summary>
    public string? HitsOf { get; init; }

    /// <summary>Packet bytes recorded: <c>headers</c>, <c>full</c> or <c>none</c>.</summary>
    public string? Packets { get; init; }

    /// <summary>The requested filter in the kernel's filter language; empty for none.</summary>
    public string? Filter { get; init; }

    /// <summary>The condition, also part of the filter, that makes a call of the probed function a drop; null for none.</summary>
    public string? ProbeCondition { get; init; }

    /// <summary>As written to the event's <c>trigger</c> file; null without stacks.</summary>
    public string? Trigger { get; init; }

    /// <summary>Options set in the instance, separated by blanks.</summary>
    public string? TraceOptions { get; init; }

    /// <summary>The instance's clock, usually <c>mono</c>; null if unknown (imports).</summary>
    public string? TraceClock { get; init; }

    /// <summary>Ring buffer size the kernel granted for each CPU, in KiB.</summary>
    public long? BufferKibPerCpu { get; init; }

    /// <summary>Requested length of the window, in nanoseconds; null for none.</summary>
    public long? WindowNs { get; init; }

    /// <summary>Trace-clock time when the gate opened, in nanoseconds: all times in the file count from here.</summary>
    public long? OpenedNs { get; init; }

    /// <summary>Trace-clock time when the gate was shut, in nanoseconds; null if the agent died before.</summary>
    public long? ClosedNs { get; init; }

    /// <summary>What ended the window: <c>duration</c>, <c>SIGINT</c>, <c>max-drops</c>, <c>killed</c> …; null if nothing closed the file.</summary>
    public string? Ended { get; init; }

    /// <summary>Drops the kernel counted in a second instance during the window; null without one.</summary>
    public long? WitnessDrops { get; init; }

    /// <summary>Difference between that count and the captured drops that the two gates alone can explain.</summary>
    public long? WitnessSlack { get; init; }

    /// <summary>What someone else changed in our instances during the window; null if nothing was seen.</summary>
    public string? Disturbance { get; init; }

    /// <summary>How the ring was read: <c>text</c>, <c>pages</c> or <c>both</c>; for imports the program that printed the text.</summary>
    public string? Transport { get; init; }

    /// <summary>Drops per second above which the agent was to spare the host; null without such a limit.</summary>
    public long? MaxRate { get; init; }

    /// <summary>What redaction replaced with tokens, and what it kept; null if the file is as captured.</summary>
    public string? Redacted { get; init; }
}

/// <summary>The columns of table <c>capture</c> except its id. Reading and writing both use this list.</summary>
internal static class CaptureColumns
{
    /// <summary>Column name and the value of a row: text, a <see cref="long"/> or null.</summary>
    public static IReadOnlyList<(string Name, Func<CaptureRow, object?> ValueIn)> All { get; } =
    [
        ("uuid", row => row.Uuid),
        ("tool", row => row.Tool),
        ("tool_version", row => row.ToolVersion),
        ("command_line", row => row.CommandLine),
        ("host_name", row => row.HostName),
        ("kernel_release", row => row.KernelRelease),
        ("kernel_version", row => row.KernelVersion),
        ("machine", row => row.Machine),
        ("boot_id", row => row.BootId),
        ("time_zone", row => row.TimeZone),
        ("cpus_online", row => row.CpusOnline),
        ("probe", row => row.Probe),
        ("probe_why", row => row.ProbeWhy),
        ("event", row => row.Event),
        ("probe_definition", row => row.ProbeDefinition),
        ("hits_of", row => row.HitsOf),
        ("packets", row => row.Packets),
        ("filter", row => row.Filter),
        ("probe_condition", row => row.ProbeCondition),
        ("trigger", row => row.Trigger),
        ("trace_options", row => row.TraceOptions),
        ("trace_clock", row => row.TraceClock),
        ("buffer_kib_per_cpu", row => row.BufferKibPerCpu),
        ("window_ns", row => row.WindowNs),
        ("opened_ns", row => row.OpenedNs),
        ("closed_ns", row => row.ClosedNs),
        ("ended", row => row.Ended),
        ("witness_drops", row => row.WitnessDrops),
        ("witness_slack", row => row.WitnessSlack),
        ("disturbance", row => row.Disturbance),
        ("transport", row => row.Transport),
        ("max_rate", row => row.MaxRate),
        ("redacted", row => row.Redacted),
    ];

    /// <summary>A row from its column values. Required text that is missing (a forged file) becomes empty.</summary>
    public static CaptureRow Row(Func<string, string?> text, Func<string, long?> number) => new()
    {
        Uuid = text("uuid") ?? "",
        Tool = text("tool") ?? "",
        ToolVersion = text("tool_version") ?? "",
        CommandLine = text("command_line") ?? "",
        HostName = text("host_name"),
        KernelRelease = text("kernel_release"),
        KernelVersion = text("kernel_version"),
        Machine = text("machine"),
        BootId = text("boot_id"),
        TimeZone = text("time_zone"),
        CpusOnline = text("cpus_online"),
        Probe = text("probe") ?? "",
        ProbeWhy = text("probe_why"),
        Event = text("event"),
        ProbeDefinition = text("probe_definition"),
        HitsOf = text("hits_of"),
        Packets = text("packets"),
        Filter = text("filter"),
        ProbeCondition = text("probe_condition"),
        Trigger = text("trigger"),
        TraceOptions = text("trace_options"),
        TraceClock = text("trace_clock"),
        BufferKibPerCpu = number("buffer_kib_per_cpu"),
        WindowNs = number("window_ns"),
        OpenedNs = number("opened_ns"),
        ClosedNs = number("closed_ns"),
        Ended = text("ended"),
        WitnessDrops = number("witness_drops"),
        WitnessSlack = number("witness_slack"),
        Disturbance = text("disturbance"),
        Transport = text("transport"),
        MaxRate = number("max_rate"),
        Redacted = text("redacted"),
    };
}
