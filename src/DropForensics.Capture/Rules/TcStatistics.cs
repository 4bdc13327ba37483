using System.Buffers.Binary;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.Rules;

/// <summary>Counters of a queue, class or action of traffic control (include/uapi/linux/gen_stats.h). Null: the kernel did not send it.</summary>
internal sealed record TcStatistics
{
    // TCA_STATS_…: struct gnet_stats_basic is what hardware and software took together, TCA_STATS_PKT64 its packets where 32 bits are too few.
    private const int Basic = 1, Queue = 3, Packets64 = 8, BasicSize = 12, QueueSize = 20;

    public static TcStatistics None { get; } = new();

    public ulong? Bytes { get; init; }
    public ulong? Packets { get; init; }
    public uint? QueueLength { get; init; }
    public uint? Backlog { get; init; }
    public uint? Drops { get; init; }
    public uint? Requeues { get; init; }
    public uint? Overlimits { get; init; }

    /// <summary>From the attributes that are nested in TCA_STATS2, or in TCA_ACT_STATS.</summary>
    public static TcStatistics Parse(ReadOnlySpan<byte> nested)
    {
        TcStatistics all = None;
        while (RouteNetlink.NextAttribute(ref nested, out int type, out ReadOnlySpan<byte> value))
        {
            all = type switch
            {
                Basic when value.Length >= BasicSize => all with { Bytes = BinaryPrimitives.ReadUInt64LittleEndian(value), Packets = all.Packets ?? At(value, 8) },
                Packets64 when value.Length >= 8 => all with { Packets = BinaryPrimitives.ReadUInt64LittleEndian(value) },
                Queue when value.Length >= QueueSize => all with { QueueLength = At(value, 0), Backlog = At(value, 4), Drops = At(value, 8), Requeues = At(value, 12), Overlimits = At(value, 16) },
                _ => all,
            };
        }

        return all;
    }

    private static uint At(ReadOnlySpan<byte> value, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(value[offset..]);
}
