using BenchmarkDotNet.Attributes;
using DropForensics.Benchmarks.Inputs;
using DropForensics.Core.Masking;
using DropForensics.Core.Packets;

namespace DropForensics.Benchmarks;

/// <summary>Packets: their headers read from a window, and the text that shows them masked.</summary>
[MemoryDiagnoser]
public class PacketBenchmarks
{
    private const int Drops = 20_000;
    private const int ReadBytes = 64 << 10;

    private readonly PacketForm[] _packets = RecordedDrops.PacketForms();
    private readonly PacketMaskStream _mask = new(keepsPayload: false);
    private byte[] _text = [];

    [GlobalSetup]
    public void Make() => _text = new MadeTrace(RecordedDrops.Packets()).ToArray(Drops);

    [Benchmark(OperationsPerInvoke = Drops)]
    public int Decode()
    {
        int decoded = 0;
        for (int i = 0; i < Drops; i++)
        {
            PacketForm packet = _packets[i % _packets.Length];
            if (PacketDecoder.TryDecode(new SkbWindow(packet.Geometry, packet.Before, packet.Bytes), out _, out _)) decoded++;
        }

        return decoded >= Drops / 2 ? decoded : throw new InvalidOperationException($"{decoded} packets decoded of {Drops}");
    }

    [Benchmark(OperationsPerInvoke = Drops)]
    public long MaskText()
    {
        long bytes = 0;
        for (int at = 0; at < _text.Length; at += ReadBytes) bytes += _mask.Feed(_text.AsSpan(at, Math.Min(ReadBytes, _text.Length - at))).Length;
        return bytes == _text.Length ? bytes : throw new InvalidOperationException($"{bytes} bytes came out of {_text.Length}");
    }
}
