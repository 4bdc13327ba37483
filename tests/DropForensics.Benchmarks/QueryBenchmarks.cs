using BenchmarkDotNet.Attributes;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Report;
using DropForensics.Benchmarks.Inputs;
using DropForensics.Core.Store;

namespace DropForensics.Benchmarks;

/// <summary>What the analyzer does with a capture: the pass over the drops alone, and all facts of a report.</summary>
[MemoryDiagnoser]
public class QueryBenchmarks
{
    private const int Drops = 100_000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"dropforensics-{Guid.NewGuid():n}.db");
    private CaptureReader? _reader;

    [GlobalSetup]
    public void Make()
    {
        CaptureGenerator.Write(_path, Drops, RecordedDrops.Packets(), isEprobe: true);
        _reader = CaptureReader.Open(_path);
    }

    [GlobalCleanup]
    public void Remove()
    {
        _reader?.Dispose();
        File.Delete(_path);
    }

    [Benchmark(OperationsPerInvoke = Drops)]
    public long Pass()
    {
        CaptureReader reader = _reader!; // made in the set-up
        var pass = new DropPass(Bins.Over(0, 1_000_000_000), [], new Dictionary<long, int>(), FlowIndex.Read(reader.Connection), new OwnerIndex([], () => new Dictionary<long, long>()), byFunction: false, _ => 0);
        pass.Run(reader.Connection, CancellationToken.None);
        return Checked(pass.By(Dimension.Cpus).All.Sum(c => c.Drops));
    }

    [Benchmark(OperationsPerInvoke = Drops)]
    public long Facts() => Checked(ReportJob.Read(_reader!, CancellationToken.None).Facts.Drops); // made in the set-up

    private static long Checked(long drops) => drops == Drops ? drops : throw new InvalidOperationException($"{drops} drops read of {Drops}");
}
