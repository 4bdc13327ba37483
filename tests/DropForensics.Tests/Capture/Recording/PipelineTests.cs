using System.Text;
using DropForensics.Capture;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;
using DropForensics.Capture.Recording;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Capture.Recording;

/// <summary>The whole way of a drop, from the rings to the file, over rings that are simulated.</summary>
public sealed class PipelineTests : IDisposable
{
    private const int PageDrops = 10;
    private const ulong StartNs = 1_000_000_000_000, PageNs = 1_000_000;

    private readonly ScratchDirectory _directory = new();
    private readonly Window _window = new();

    private string File => _directory.File("x.db");

    public void Dispose()
    {
        _window.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void From_128_CPUs_every_drop_arrives_once_and_in_order(bool asPages)
    {
        const int Cpus = 128, PagesPerCpu = 12;
        using var rings = new MadeRings(_directory.File("rings"), Cpus, arePipes: true);
        var renderer = asPages ? RingPageWriter.Renderer() : null;
        var lanes = rings.Open(renderer);
        using (var writer = CaptureWriter.Create(File, force: false))
        {
            var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = (long)StartNs, Streams = Cpus };
            var pages = new RingPages(renderer, null);
            var queue = new BlockQueue(8);
            using var progress = Progress();
            using var stage = Stage(recorder, writer, pages, queue, progress);
            using var reader = new PipeReader(lanes, pages, queue, stage.Failed);
            stage.Start(HostClock.Read());
            reader.Start();
            Fill(rings, asPages, PagesPerCpu, new Random(128));
            reader.Drain(_window.Cut);
            stage.Join();
            Assert.Null(reader.Failure ?? stage.Failure);
            Assert.True(writer.Finish());
        }

        Assert.Equal(Cpus, Db.Scalar<long>(File, "select count(distinct cpu) from drops"));
        Assert.Equal(0, Db.Scalar<long>(File, $"select count(*) from (select count(*) n from drops group by cpu) where n <> {PagesPerCpu * PageDrops}"));
        Assert.Equal(0, Db.Scalar<long>(File, "select count(*) from drops where stack_id is null"));
        Assert.Equal(0, Db.Scalar<long>(File, "select count(*) from (select t_ns - lag(t_ns) over (partition by cpu order by raw_line) step from drops) where step <= 0"));
        Assert.Equal(Cpus * PagesPerCpu * PageDrops, Db.Scalar<long>(File, "select count(distinct t_ns * 1000 + cpu) from drops"));
        CaptureLedger.AssertEveryLineIsAccountedFor(File);
    }

    [Fact]
    public void A_drop_like_one_before_allocates_nothing_on_its_way_from_the_ring_to_the_file()
    {
        // A block holds 16 pages; what is rendered of them stays below a chunk, whose packing is paid for by the chunk.
        const int Warm = 3, Measured = 8, PagesPerBlock = Block.Size / 4096;
        var renderer = RingPageWriter.Renderer();
        using var rings = new MadeRings(_directory.File("rings"), 1, arePipes: false);
        System.IO.File.WriteAllBytes(rings.Pages(0), [.. Enumerable.Range(0, (Warm + Measured) * PagesPerBlock).SelectMany(page => Page(0, page))]);
        var lane = rings.Open(renderer).Single();
        using var writer = CaptureWriter.Create(File, force: false);
        var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = (long)StartNs };
        var pages = new RingPages(renderer, null);
        var queue = new BlockQueue(2);
        using var progress = Progress();
        using var stage = Stage(recorder, writer, pages, queue, progress);

        var allocated = new List<long>();
        for (var i = 0; i < Warm + Measured; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var block = queue.Rent(CancellationToken.None);
            lane.Fill(block, pages.CanBeRead);
            queue.Push(block);
            Assert.True(queue.TryPop(0, out var popped) && popped is not null);
            stage.Take(popped);
            queue.Return(popped);
            if (i >= Warm) allocated.Add(GC.GetAllocatedBytesForCurrentThread() - before);
            recorder.Commit();
        }

        Assert.Equal((Warm + Measured) * PagesPerBlock * PageDrops, recorder.Totals.Drops + 1); // the last waits for a stack that may come
        Assert.All(allocated, bytes => Assert.Equal(0, bytes));
    }

    /// <summary>Writes to all pipes at once and in turn, cut anywhere where it is text.</summary>
    private static void Fill(MadeRings rings, bool asPages, int pagesPerCpu, Random random)
    {
        var pipes = Enumerable.Range(0, rings.Cpus)
            .Select(cpu => new FileStream(asPages ? rings.Pages(cpu) : rings.Text(cpu), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0)).ToArray();
        var rest = Enumerable.Range(0, rings.Cpus)
            .Select(cpu => Enumerable.Range(0, pagesPerCpu).SelectMany(page => asPages ? Page(cpu, page) : Text(cpu, page)).ToArray().AsMemory()).ToArray();
        while (rest.Any(bytes => !bytes.IsEmpty))
        {
            for (var cpu = 0; cpu < rings.Cpus; cpu++)
            {
                // A write of a page is whole, as a read of one is (PIPE_BUF).
                var piece = rest[cpu][..Math.Min(asPages ? 4096 : random.Next(1, 3000), rest[cpu].Length)];
                pipes[cpu].Write(piece.Span);
                rest[cpu] = rest[cpu][piece.Length..];
            }
        }

        Array.ForEach(pipes, pipe => pipe.Dispose());
    }

    private static byte[] Page(int cpu, int page)
    {
        var writer = new RingPageWriter(StartNs + (ulong)cpu * 1000 + (ulong)page * PageNs);
        for (var i = 0; i < PageDrops; i++)
            writer.Drop(50_000).StackOf(1_000, 0xffffffff81001020, 0xffffffff81001130, 0xffffffffc0001010, 0xffffffffc0001120);
        return writer.ToPage();
    }

    internal static byte[] Text(int cpu, int page) => Encoding.Latin1.GetBytes(RingPageWriter.Render(RingPageWriter.Renderer(), Page(cpu, page), cpu));

    private RecordingStage Stage(Recorder recorder, CaptureWriter writer, RingPages pages, BlockQueue queue, Progress progress) =>
        new(Options(), new Segment(writer, recorder, Plan, Made.Capture((long)StartNs)), pages, queue, _window, progress);

    private Progress Progress() => new(Options() with { Quiet = true }, Plan, TextWriter.Null, isTerminal: false);

    private static ProbePlan Plan => new()
    {
        Events = [new ArmedEvent { Id = "skb:kfree_skb", Kind = ProbeKind.Tracepoint, Directory = DropTracepoint.Directory }],
        Why = "",
        Reasons = ReasonTable.Empty,
    };

    private CaptureOptions Options() => new() { Duration = TimeSpan.FromSeconds(1), Output = File };
}
