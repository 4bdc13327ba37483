namespace DropForensics.Core.Store;

/// <summary>What a capture is and how it went: the one row of table <c>capture</c>. schema.sql explains each member by its column.</summary>
public sealed record CaptureRow
{
    public required string Uuid { get; init; }
    public required string Tool { get; init; }
    public required string ToolVersion { get; init; }
    public required string CommandLine { get; init; }
    public string? HostName { get; init; }
    public string? KernelRelease { get; init; }
    public string? KernelVersion { get; init; }
    public string? Machine { get; init; }
    public string? BootId { get; init; }
    public string? TimeZone { get; init; }
    public string? CpusOnline { get; init; }
    public required string Probe { get; init; }
    public string? ProbeWhy { get; init; }
    public string? Event { get; init; }
    public string? ProbeDefinition { get; init; }
    public string? HitsOf { get; init; }
    public string? Packets { get; init; }
    public string? Filter { get; init; }
    public string? ProbeCondition { get; init; }
    public string? Trigger { get; init; }
    public string? TraceOptions { get; init; }
    public string? TraceClock { get; init; }
    public long? BufferKibPerCpu { get; init; }
    public long? WindowNs { get; init; }
    public long? OpenedNs { get; init; }
    public long? ClosedNs { get; init; }
    public string? Ended { get; init; }
    public long? WitnessDrops { get; init; }
    public long? WitnessSlack { get; init; }
    public string? Disturbance { get; init; }
    public string? Transport { get; init; }
    public long? MaxRate { get; init; }
    public string? Redacted { get; init; }
}

/// <summary>The columns of table <c>capture</c> but for its id: by these, and no other list, a row is written and read.</summary>
internal static class CaptureColumns
{
    /// <summary>Each by its name, with what a row has there: text, a <see cref="long"/> or null.</summary>
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

    /// <summary>A row by the values of its columns; text that must be there and is not, in a forged file, is empty.</summary>
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
