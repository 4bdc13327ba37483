using BenchmarkDotNet.Attributes;
using DropForensics.Benchmarks.Inputs;
using DropForensics.Core.Attribution;
using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Benchmarks;

/// <summary>Rows into the file; and the whole way from text to a finished file, raw text compressed in it.</summary>
[MemoryDiagnoser]
public class StoreBenchmarks
{
    private const int Drops = 100_000;
    private const int Decoded = 1_000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"dropforensics-{Guid.NewGuid():n}.db");
    private TraceRecord[] _flood = [], _packets = [];
    private List<DropEvent> _drops = [];

    [GlobalSetup]
    public void Make()
    {
        _flood = RecordedDrops.Flood();
        _packets = RecordedDrops.Packets();
        var decoder = new TraceTextDecoder(ReasonTable.Empty);
        decoder.Feed(new MadeTrace(_packets).ToArray(Decoded));
        decoder.Complete();
        _drops = decoder.Batch.Drops;
    }

    [GlobalCleanup]
    public void Remove() => File.Delete(_path);

    [Benchmark(OperationsPerInvoke = Drops)]
    public long Rows()
    {
        using CaptureWriter writer = CaptureWriter.Create(_path, force: true);
        Ids[] ids = [.. _drops.Select(drop => Intern(writer, drop))];
        for (int i = 0; i < Drops; i++)
        {
            Ids known = ids[i % Decoded];
            writer.AddDrop(_drops[i % Decoded], 0, known.Task, known.Site, known.Reason, known.Interface, known.Flow);
        }

        long size = writer.SizeBytes;
        writer.Finish();
        return size;
    }

    [Benchmark(OperationsPerInvoke = Drops)]
    public void TracepointFile() => CaptureGenerator.Write(_path, Drops, _flood, isEprobe: false);

    [Benchmark(OperationsPerInvoke = Drops)]
    public void EprobeFile() => CaptureGenerator.Write(_path, Drops, _packets, isEprobe: true);

    private static Ids Intern(CaptureWriter writer, DropEvent drop) => new(
        writer.InternTask(drop),
        writer.InternSite(drop.Event, drop.Location, drop.Stack, SiteAttributor.Attribute(drop.Event, drop.Location, drop.Stack)),
        drop.Reason is { } reason ? writer.InternReason(reason) : null,
        drop.Interface is { } link ? writer.InternInterface(link) : null,
        drop.Headers is { } headers ? writer.InternFlow(headers) : null);

    private readonly record struct Ids(int? Task, int Site, int? Reason, int? Interface, int? Flow);
}
