using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.State;

/// <summary>
/// What drivers of real devices tell of them, the file <c>ethtool.tsv</c> of the network namespace that the calling thread is in: driver, speed, rings,
/// channels, interrupt moderation, offloads, and the driver's own counters that are not zero (include/uapi/linux/ethtool.h).
/// </summary>
internal sealed unsafe class EthtoolTable : IDisposable
{
    private const int AfInet = 2, SockDgram = 2, SockCloExec = 0x80000;
    private const nuint SiocGetIndex = 0x8933, SiocEthtool = 0x8946;
    private const uint GetSettings = 0x1, GetDriver = 0x3, GetCoalesce = 0xe, GetRing = 0x10, GetStrings = 0x1b, GetStatistics = 0x1d, GetSetInfo = 0x37, GetFeatures = 0x3a, GetChannels = 0x3c;
    private const uint StatisticNames = 1, FeatureNames = 4;
    private const int NameSize = 16, RequestSize = 40, StringSize = 32;
    private const int MostDevices = 64, MostBytes = 192 * 1024, MostStatistics = 50_000;

    // By the clock: a driver may wait for its card's firmware.
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(200);

    private static readonly string?[] Ring = ["rx_max", null, null, "tx_max", "rx", null, null, "tx"];
    private static readonly string?[] Channels = ["rx_max", "tx_max", "other_max", "combined_max", "rx", "tx", "other", "combined"];

    private static readonly string?[] Coalesce =
        ["rx_usecs", "rx_frames", null, null, "tx_usecs", "tx_frames", null, null, null, "adaptive_rx", "adaptive_tx"];

    private readonly int _socket = Libc.Socket(AfInet, SockDgram | SockCloExec, 0);
    private readonly TsvTable _table = new(MostBytes, "interface", "kind", "name", "value");

    /// <summary>Asks for the devices among some links.</summary>
    /// <returns>Null where there is none that answers.</returns>
    public static byte[]? Read(IReadOnlyList<LinkState> links)
    {
        using var reader = new EthtoolTable();
        long began = Stopwatch.GetTimestamp();
        int devices = 0;
        foreach (LinkState link in links)
        {
            if (!link.IsDevice || reader._socket < 0) continue;
            if (++devices > MostDevices || Stopwatch.GetElapsedTime(began) > Budget)
            {
                reader._table.Remark($"{link.Name} and the devices after it were not asked: there are too many, or they answer too slowly");
                break;
            }

            reader.Add(link);
        }

        return reader._table.Rows > 0 ? reader._table.Bytes() : null;
    }

    public void Dispose()
    {
        if (_socket >= 0) _ = Libc.Close(_socket);
    }

    private void Add(LinkState link)
    {
        byte[]? driver = Ask(link.Name, GetDriver, 196);
        if (driver is not null)
        {
            foreach ((string? name, int at) in new[] { ("driver", 4), ("version", 36), ("firmware", 68), ("bus", 100) })
            {
                if (Text(driver.AsSpan(at, 32)) is { Length: > 0 } text) _table.Add(link.Name, "driver", name, text);
            }
        }

        AddSettings(link.Name);
        AddNumbers(link.Name, GetRing, "ring", Ring, keepZero: true);
        AddNumbers(link.Name, GetChannels, "channels", Channels, keepZero: false);
        AddNumbers(link.Name, GetCoalesce, "coalesce", Coalesce, keepZero: false);
        AddFeatures(link.Name);
        AddStatistics(link);
    }

    // struct ethtool_cmd: the speed's halves are apart
    private void AddSettings(string name)
    {
        if (Ask(name, GetSettings, 44) is not { } settings) return;
        uint speed = BinaryPrimitives.ReadUInt16LittleEndian(settings.AsSpan(12)) | ((uint)BinaryPrimitives.ReadUInt16LittleEndian(settings.AsSpan(28)) << 16);
        if (speed is not (0 or uint.MaxValue or ushort.MaxValue)) _table.Add(name, "link", "speed", Number(speed));
        if (settings[14] < 2) _table.Add(name, "link", "duplex", settings[14] == 1 ? "full" : "half");
    }

    private void AddNumbers(string name, uint command, string kind, string?[] names, bool keepZero)
    {
        if (Ask(name, command, 4 + (4 * 24)) is not { } answer) return;
        for (int i = 0; i < names.Length; i++)
        {
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(4 + (4 * i)));
            if (names[i] is { } label && (keepZero || value > 0)) _table.Add(name, kind, label, Number(value));
        }
    }

    // Those that are on.
    private void AddFeatures(string name)
    {
        const int Head = 8, BlockSize = 16, ActiveAt = 8;
        int count = SetSize(name, FeatureNames);
        int blocks = (count + 31) / 32;
        if (count == 0 || Strings(name, FeatureNames, count) is not { } names) return;
        if (Ask(name, GetFeatures, Head + (BlockSize * blocks), request => BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(4), blocks)) is not { } answer) return;
        for (int i = 0; i < count; i++)
        {
            uint active = BinaryPrimitives.ReadUInt32LittleEndian(answer.AsSpan(Head + (BlockSize * (i / 32)) + ActiveAt));
            if ((active & (1u << (i % 32))) != 0 && names[i].Length > 0) _table.Add(name, "feature", names[i], "on");
        }
    }

    /// <summary>A name may go over to another device meanwhile: the numbers count where it still is the device's own afterwards.</summary>
    private void AddStatistics(LinkState link)
    {
        const int Head = 8;
        int count = SetSize(link.Name, StatisticNames);
        if (count is 0 or > MostStatistics || Strings(link.Name, StatisticNames, count) is not { } names) return;
        if (Ask(link.Name, GetStatistics, Head + (8 * count)) is not { } answer || !IsStill(link)) return;
        for (int i = 0; i < Math.Min(count, BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(4))); i++)
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(Head + (8 * i)));
            if (value > 0) _table.Add(link.Name, "statistic", names[i], value.ToString(CultureInfo.InvariantCulture));
        }
    }

    private int SetSize(string name, uint set) =>
        Ask(name, GetSetInfo, 20, request => BinaryPrimitives.WriteUInt64LittleEndian(request.AsSpan(8), 1UL << (int)set)) is { } answer
        && BinaryPrimitives.ReadUInt64LittleEndian(answer.AsSpan(8)) != 0 ? BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(16)) : 0;

    private string[]? Strings(string name, uint set, int count)
    {
        const int Head = 12;
        if (Ask(name, GetStrings, Head + (StringSize * count), request => BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(4), set)) is not { } answer) return null;
        if (BinaryPrimitives.ReadInt32LittleEndian(answer.AsSpan(8)) < count) return null;
        string[] names = new string[count];
        for (int i = 0; i < count; i++) names[i] = Text(answer.AsSpan(Head + (StringSize * i), StringSize)).Trim();
        return names;
    }

    private bool IsStill(LinkState link)
    {
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        Encoding.UTF8.GetBytes(link.Name, request[..NameSize]);
        fixed (byte* start = request)
        {
            return Libc.Ioctl(_socket, SiocGetIndex, start) == 0 && MemoryMarshal.Read<int>(request[NameSize..]) == link.Index;
        }
    }

    /// <summary>
    /// The answer to one question; null where the driver has none. The kernel writes as much as the device has by then, which may be more than it had when
    /// its size was asked for: there is room for twice as much.
    /// </summary>
    private byte[]? Ask(string name, uint command, int size, Action<byte[]>? prepare = null)
    {
        const int Spare = 64 * 1024;
        byte[] answer = new byte[size > 256 ? (2 * size) + Spare : size + 256];
        BinaryPrimitives.WriteUInt32LittleEndian(answer, command);
        prepare?.Invoke(answer);
        Span<byte> request = stackalloc byte[RequestSize];
        request.Clear();
        Encoding.UTF8.GetBytes(name, request[..NameSize]);
        fixed (byte* start = answer, requestStart = request)
        {
            MemoryMarshal.Write(request[NameSize..], (nint)start);
            return Libc.Ioctl(_socket, SiocEthtool, requestStart) == 0 ? answer : null;
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
