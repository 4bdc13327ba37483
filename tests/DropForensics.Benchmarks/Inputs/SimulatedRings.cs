using System.Globalization;
using System.Text;
using DropForensics.Capture;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;
using DropForensics.Capture.Recording;
using DropForensics.Core.Recording;
using DropForensics.Core.RingPages;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;

namespace DropForensics.Benchmarks.Inputs;

/// <summary>Rings of as many CPUs as wanted, full of pages, and the agent's own way from them to a capture file.</summary>
internal sealed class SimulatedRings : IDisposable
{
    /// <summary>With its stack of 20 frames a drop has about 240 bytes.</summary>
    public const int DropsPerPage = 16;

    private const int Frames = 20;
    private const ulong StartNs = 1_000_000_000_000, Text = 0xffffffff81000000, FunctionBytes = 0x100;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dropforensics-rings-");
    private readonly int _cpus;
    private readonly long _pagesPerCpu;

    /// <param name="drops">Of all CPUs together; a whole page for each of them at least.</param>
    public SimulatedRings(int cpus, long drops)
    {
        (_cpus, _pagesPerCpu) = (cpus, Math.Max(1, drops / DropsPerPage / cpus));
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(cpu, "trace_pipe"))!); // it is below the temporary directory
            File.WriteAllBytes(PathOf(cpu, "trace_pipe"), []);
            using FileStream pages = File.Create(PathOf(cpu, "trace_pipe_raw"));
            for (long page = 0; page < _pagesPerCpu; page++) pages.Write(Page(page));
        }
    }

    public long Drops => _cpus * _pagesPerCpu * DropsPerPage;

    /// <summary>Knows the functions of the pages made here.</summary>
    public static PageRenderer Renderer()
    {
        var kallsyms = new StringBuilder();
        for (ulong i = 0; i <= 64; i++) kallsyms.Append(CultureInfo.InvariantCulture, $"{Text + (i * FunctionBytes):x16} T function_number_{i}\n");
        return RingPageWriter.Renderer(kallsyms: kallsyms.ToString());
    }

    /// <summary>A page like the flood's: a few sites in turn.</summary>
    public static byte[] Page(long number)
    {
        var writer = new RingPageWriter(StartNs + ((ulong)number * 1_000_000));
        for (int i = 0; i < DropsPerPage; i++)
        {
            ulong site = (ulong)((number + i) % 4);
            writer.Drop(50_000, location: Text + (site * FunctionBytes) + 0x10);
            writer.StackOf(1_000, [.. Enumerable.Range(0, Frames).Select(frame => Text + ((site + (ulong)frame) * FunctionBytes) + 0x20)]);
        }

        return writer.ToPage();
    }

    /// <summary>Records all of them with the agent's reader, stage and recorder.</summary>
    /// <returns>Drops recorded.</returns>
    public long Record()
    {
        var options = new CaptureOptions { Duration = TimeSpan.FromMinutes(1), Output = Path.Combine(_directory.FullName, "x.db"), Quiet = true, MaxDrops = long.MaxValue, MaxSize = long.MaxValue };
        ArmedEvent[] events = [new() { Id = "skb:kfree_skb", Kind = ProbeKind.Tracepoint, Directory = DropTracepoint.Directory }];
        var plan = new ProbePlan { Events = events, Why = "", Reasons = ReasonTable.Empty };
        var row = new CaptureRow { Uuid = "", Tool = "capture", ToolVersion = "benchmark", CommandLine = "", Probe = "tracepoint", TraceClock = "mono" };
        PageRenderer renderer = Renderer();
        var pages = new RingPages(renderer, null);
        List<PerCpuPipe> open = [];
        PerCpuPipe Open(int cpu, string file)
        {
            var pipe = PerCpuPipe.Open(PathOf(cpu, file), cpu);
            open.Add(pipe);
            return pipe;
        }

        Lane[] lanes = [.. Enumerable.Range(0, _cpus).Select(cpu => new Lane(Open(cpu, "trace_pipe"), Open(cpu, "trace_pipe_raw"), renderer.PageBytes, pagesOnly: true))];
        using CaptureWriter writer = CaptureWriter.Create(options.Output, force: true);
        var recorder = new Recorder(writer, ReasonTable.Empty) { OpenedNs = (long)StartNs, Streams = _cpus };
        var queue = new BlockQueue(32);
        using var window = new Window();
        using var progress = new Progress(options, plan, TextWriter.Null, isTerminal: false);
        using var stage = new RecordingStage(options, new Segment(writer, recorder, plan, row), pages, queue, window, progress);
        using var reader = new PipeReader(lanes, pages, queue, stage.Failed);
        stage.Start(HostClock.Read());
        reader.Start();
        reader.Drain(window.Cut);
        stage.Join();
        if ((reader.Failure ?? stage.Failure) is { } failure) throw new InvalidOperationException("the pipeline failed", failure);
        writer.Finish();
        open.ForEach(pipe => pipe.Dispose());
        return recorder.Totals.Drops;
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string PathOf(int cpu, string file) => Path.Combine(_directory.FullName, "per_cpu", $"cpu{cpu}", file);
}
