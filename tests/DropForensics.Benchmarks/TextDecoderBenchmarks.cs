using BenchmarkDotNet.Attributes;
using DropForensics.Benchmarks.Inputs;
using DropForensics.Core.Decoding;
using DropForensics.Core.Tracefs;

namespace DropForensics.Benchmarks;

/// <summary>Trace text to drops. A drop of the flood is 1,040 bytes of text, one of the eprobe's 1,900: GB/s is that by the ns.</summary>
[MemoryDiagnoser]
public class TextDecoderBenchmarks
{
    private const int Drops = 20_000;
    private const int ReadBytes = 64 << 10;

    private readonly TraceTextDecoder _decoder = new(ReasonTable.Empty);
    private byte[] _flood = [], _packets = [];

    [GlobalSetup]
    public void Make()
    {
        _flood = new MadeTrace(RecordedDrops.Flood()).ToArray(Drops);
        _packets = new MadeTrace(RecordedDrops.Packets()).ToArray(Drops);
    }

    [Benchmark(OperationsPerInvoke = Drops)]
    public int Tracepoint() => Decode(_flood);

    [Benchmark(OperationsPerInvoke = Drops)]
    public int Eprobe() => Decode(_packets);

    private int Decode(byte[] text)
    {
        int drops = 0;
        for (int at = 0; at < text.Length; at += ReadBytes)
        {
            _decoder.Feed(text.AsSpan(at, Math.Min(ReadBytes, text.Length - at)));
            drops += _decoder.Batch.Drops.Count;
            _decoder.Batch.Clear();
        }

        // The last stack has no end yet: its drop comes with the next round, which begins with an event.
        return drops is Drops or Drops - 1 ? drops : throw new InvalidOperationException($"{drops} drops decoded of {Drops}");
    }
}
