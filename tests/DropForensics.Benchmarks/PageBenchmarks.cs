using BenchmarkDotNet.Attributes;
using DropForensics.Benchmarks.Inputs;
using DropForensics.Core.RingPages;

namespace DropForensics.Benchmarks;

/// <summary>Ring pages to the lines that the kernel would have printed.</summary>
[MemoryDiagnoser]
public class PageBenchmarks
{
    private const int Pages = 64;

    private readonly byte[][] _pages = [.. Enumerable.Range(0, Pages).Select(page => SimulatedRings.Page(page))];
    private readonly PageRenderer _renderer = SimulatedRings.Renderer();
    private readonly LineBuffer _lines = new(Pages * 64 * 1024);

    [Benchmark(OperationsPerInvoke = Pages * SimulatedRings.DropsPerPage)]
    public int Lines()
    {
        _lines.Clear();
        foreach (byte[] page in _pages) _renderer.Render(_lines, 0, page);
        return _lines.Length;
    }
}
