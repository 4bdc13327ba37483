namespace DropForensics.Analyze.Queries;

// The shapes of the rows that the queries give, one small record each: read together, they are one thing.

// Those of computed columns have setters: SQLite gives such a column no type, and Dapper will not match one to a constructor.
internal sealed record DropExtent
{
    public long Drops { get; init; }
    public long? FirstNs { get; init; }
    public long? LastNs { get; init; }
}

internal sealed record ClockRow(long MonoNs, long BootNs, long RealNs);

internal sealed record ReasonRow(long Id, string Name, long? Value, string? Subsystem);

internal sealed record TaskRow(long Id, long Pid, long? Tgid, string Comm);

internal sealed record LossRow(long Cpu, long? TNs, long? Records);

internal sealed record LostRow
{
    public long Cpu { get; init; }
    public long Records { get; init; }
    public long Uncounted { get; init; }
}

internal sealed record LineRow
{
    public string Kind { get; init; } = "";
    public long Lines { get; init; }
}

internal sealed record UnparsedRow(long? Cpu, long Line, string Kind, string Text);

internal sealed record SiteRow(
    long Id, string Event, string? Location, long? StackId, string? Function, string? Module, string? FunctionRule,
    string? Entry, string? Driver, string? DriverRule, string? DriverCandidates);

internal sealed record FrameRow(long StackId, string Symbol, long? Offset, string? Module);

internal sealed record ChunkRow(long? Cpu, string Codec, long FirstLine, long Lines, long Size, byte[] Data);
