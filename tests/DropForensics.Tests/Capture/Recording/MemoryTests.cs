using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Recording;

/// <summary>What the agent holds on to, by the size of the heap: what other tests hold would count too.</summary>
[Collection(AloneCollection.Name)]
public sealed class MemoryTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_128_CPUs_keep_in_memory_is_bounded()
    {
        const int Cpus = 128, BytesPerCpu = 400_000;
        using var writer = CaptureWriter.Create(_directory.File("x.db"), force: false);
        var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = 1, Streams = Cpus };
        var text = new byte[Cpus][];
        for (var cpu = 0; cpu < Cpus; cpu++) text[cpu] = PipelineTests.Text(cpu, 0);
        var before = Settled();
        for (var fed = 0; fed < BytesPerCpu; fed += text[0].Length)
        {
            for (var cpu = 0; cpu < Cpus; cpu++) recorder.Feed(cpu, text[cpu]);
        }

        var held = Settled() - before;
        GC.KeepAlive(recorder);

        // 40 MiB are promised for the agent, and two thirds of them are there without a single CPU.
        Assert.InRange(held, 1, 13 << 20);
    }

    // What tests before this one left goes in several collections: finalizers hold some of it, and pools of arrays give theirs up bit by bit.
    private static long Settled()
    {
        for (long last = long.MaxValue; ;)
        {
            GC.WaitForPendingFinalizers();
            var now = GC.GetTotalMemory(forceFullCollection: true);
            if (now > last - (64 << 10)) return now;
            last = now;
        }
    }
}
