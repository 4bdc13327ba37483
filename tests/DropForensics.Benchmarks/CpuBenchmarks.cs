using BenchmarkDotNet.Attributes;
using DropForensics.Benchmarks.Inputs;

namespace DropForensics.Benchmarks;

/// <summary>The same drops on their way from 2 and from 128 simulated CPUs to the file.</summary>
[MemoryDiagnoser]
public class CpuBenchmarks
{
    // Whole pages on either.
    private const int Drops = 128 * SimulatedRings.DropsPerPage * 32;

    private readonly SimulatedRings _few = new(2, Drops), _many = new(128, Drops);

    [GlobalCleanup]
    public void Remove()
    {
        _few.Dispose();
        _many.Dispose();
    }

    [Benchmark(OperationsPerInvoke = Drops, Baseline = true)]
    public long From2() => _few.Record();

    [Benchmark(OperationsPerInvoke = Drops)]
    public long From128() => _many.Record();
}
