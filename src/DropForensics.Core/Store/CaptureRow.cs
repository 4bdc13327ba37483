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
