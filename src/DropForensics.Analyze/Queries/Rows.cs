using System.Data;
using Dapper;
using DropForensics.Analyze.Display;
using DropForensics.Core.Store;
using DropForensics.Core.Upgrade;

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

internal sealed record TaskRow(long Id, long Pid, long? Tgid, string Comm, long? Netns);

internal sealed record OwnerRow(long Id, long Cgroup, long Uid, string? Path, string Name, string? Unit, string? Container, string? Pod);

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

internal sealed record StreamLineRow(long? Cpu, string Kind, long Lines);

internal sealed record KernelCountRow(long Cpu, long Drops);

internal sealed record HistCountRow(long? Reason, string? Location, long Drops);

internal sealed record StatsRow(string Path, byte[] Content);

internal sealed record UnparsedRow(long? Cpu, long Line, string Kind, string Text);

internal sealed record PhaseFileRow(string Phase, long Netns, string Path, byte[] Content);

internal sealed record ArtifactRow(string Phase, long Netns, byte[] Content);

internal sealed record SiteRow(
    long Id, string Event, string? Location, long? StackId, long? FirstFrame, string? Function, string? Module, string? FunctionRule,
    string? Entry, string? Driver, string? DriverRule, string? DriverCandidates);

internal sealed record LinkRow(long Id, long Netns, long IfIndex, string Name, string? Driver, string? Lower, string? BaseDriver);

internal sealed record FlowRow(
    long Id, long EtherType, long? Vlan, long? IpProtocol, string Src, string Dst, long? Sport, long? Dport, long? Type, long? Code,
    long LaterFragment, string? Tunnel, long? InnerEtherType, long? InnerVlan, long? InnerIpProtocol, string? InnerSrc, string? InnerDst,
    long? InnerSport, long? InnerDport, long? InnerType, long? InnerCode);

internal sealed record FrameRow(long StackId, string Symbol, long? Offset, string? Module);

internal sealed record ChunkRow(long? Cpu, string Codec, long FirstLine, long Lines, long Size, byte[] Data);

/// <summary>Two hosts and the protocol between them.</summary>
internal sealed record HostPairRow(string Src, string Dst, long IpProtocol);

/// <summary>A flow's ports.</summary>
internal sealed record FlowPortsRow(long Id, long? Sport, long Dport);

/// <summary>
/// Everything a query reads as text goes through <see cref="Visible"/>: a capture's strings are written by others, and no
/// report has to remember it. Registered once, before the first query.
/// </summary>
internal sealed class VisibleTextHandler : SqlMapper.TypeHandler<string>
{
    // The largest are host files, such as /proc/net/dev of very many interfaces.
    private const int MostCharacters = 4 << 20;

    private static readonly Lazy<bool> Registered = new(() =>
    {
        SqlMapper.RemoveTypeMap(typeof(string));
        SqlMapper.AddTypeHandler(new VisibleTextHandler());

        // Dapper compiles code for each query and database. All captures are opened with today's tables: of a thousand the first one's code serves them all.
        SqlMapper.ConnectionStringComparer = new AnyDatabase();
        return true;
    });

    /// <summary>Registers it once.</summary>
    public static void Register() => _ = Registered.Value;

    /// <inheritdoc/>
    public override string Parse(object value) => (string)value is { Length: <= MostCharacters } text
        ? Visible.Text(text).Replace("`", @"\x60", StringComparison.Ordinal) // which marks names in sentences
        : throw new InvalidDataException("a text is larger than any that a capture holds");

    /// <inheritdoc/>
    public override void SetValue(IDbDataParameter parameter, string? value)
    {
        parameter.DbType = DbType.String;
        parameter.Value = (object?)value ?? DBNull.Value;
    }
}

/// <summary>Databases with the same tables: whatever their names are.</summary>
internal sealed class AnyDatabase : IEqualityComparer<string>
{
    /// <inheritdoc/>
    public bool Equals(string? x, string? y) => true;

    /// <inheritdoc/>
    public int GetHashCode(string obj) => 0;
}

/// <summary>How every command opens a capture whose rows it reads.</summary>
internal static class AnyCapture
{
    /// <summary>Opens a capture of any version.</summary>
    /// <param name="path">The capture.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="progress">Shows how far an earlier version's file is; null: not shown.</param>
    /// <exception cref="Core.UserError">It cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static CaptureReader Open(string path, CancellationToken stop, ProgressLine? progress = null)
    {
        progress?.Begin("opening the file");
        return CaptureUpgrade.Open(path, stop, () => progress?.Begin("reading the text of an earlier version's file"));
    }
}
