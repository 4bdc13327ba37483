using System.Collections.Concurrent;
using System.Diagnostics;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core.Ledger;
using DropForensics.Core.Recording;
using DropForensics.Core.RingPages;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Recording;

/// <summary>
/// The stage behind the reader: takes blocks, makes text of pages, decodes and stores it, commits about once a second, and ends the window when a
/// bound is reached. One thread; the capture file is its alone while it runs.
/// </summary>
internal sealed class RecordingStage(
    CaptureOptions options, Recorder recorder, CaptureWriter writer, RingPages pages, BlockQueue queue, Window window, Progress progress) : IDisposable
{
    private static readonly TimeSpan CommitEvery = TimeSpan.FromSeconds(1);

    // What stays in the processor's cache between the stages.
    private const int LinesAtOnce = 64 * 1024;

    private readonly LineBuffer _lines = new();
    private readonly ConcurrentQueue<ReliefRow> _relief = new();
    private readonly CancellationTokenSource _failed = new();
    private Thread? _thread;

    /// <summary>Set when nobody takes blocks any more.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Why it failed; null where it has not. Known after <see cref="Join"/>.</summary>
    public Exception? Failure { get; private set; }

    /// <param name="row">What the file says of itself from now on.</param>
    /// <param name="opened">The clocks when the gate opened.</param>
    public void Start(CaptureRow row, ClockReading opened)
    {
        _thread = new Thread(() => Run(row, opened)) { Name = "recording" };
        _thread.Start();
    }

    /// <summary>Says what was given up to spare the host; it is in the file with the next commit. From any thread.</summary>
    public void Add(ReliefRow relief) => _relief.Enqueue(relief);

    /// <summary>Waits until every block pushed has been stored. The reader must have finished the queue.</summary>
    public void Join() => _thread?.Join();

    public void Dispose() => _failed.Dispose();

    private void Run(CaptureRow row, ClockReading opened)
    {
        try
        {
            writer.AddClock(opened);
            writer.SetCapture(row);
            recorder.Commit();

            var sinceCommit = Stopwatch.StartNew();
            while (!queue.IsFinished)
            {
                var rest = CommitEvery - sinceCommit.Elapsed;
                if (queue.TryPop(Math.Max(0, (int)rest.TotalMilliseconds), out var block) && block is not null)
                {
                    Take(block);
                    queue.Return(block);
                }

                if (recorder.Totals.Drops >= options.MaxDrops) window.End("max-drops");
                if (sinceCommit.Elapsed < CommitEvery) continue;
                sinceCommit.Restart();
                Commit();
            }

            recorder.Complete();
            Commit();
        }
        catch (Exception e)
        {
            // Whatever it is, it must reach the session, which puts the host back: an exception that leaves a thread ends
            // the process on the spot.
            Failure = e;
            window.End(WindowEnds.WriteError);
            _failed.Cancel();
        }
    }

    private void Take(Block block)
    {
        ReadOnlySpan<byte> bytes = block.Bytes.AsSpan(0, block.Length);
        if (block.PageBytes == 0)
        {
            pages.TextWasRead = true;
            recorder.Feed(block.Cpu, bytes);
            return;
        }

        // There is a renderer where there are pages.
        var renderer = pages.Renderer!;
        LoadSymbols(renderer);
        for (; !bytes.IsEmpty; bytes = bytes[block.PageBytes..])
        {
            renderer.Render(_lines, block.Cpu, bytes[..block.PageBytes]);
            if (_lines.Length < LinesAtOnce && bytes.Length > block.PageBytes) continue;
            recorder.Feed(block.Cpu, _lines.Written);
            _lines.Clear();
        }

        if (renderer.Unrendered > 0) pages.GiveUp();
    }

    private void LoadSymbols(PageRenderer renderer)
    {
        if (pages.WereRead) return;
        pages.WereRead = true;
        if (!renderer.TryLoadSymbols()) pages.GiveUp();

        // Twice the table was needed to sort it: on a host that is short of memory, nobody else should miss that for the rest of the window.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    private void Commit()
    {
        writer.AddClock(HostClock.Read());
        while (_relief.TryDequeue(out var relief)) writer.AddRelief(relief);
        recorder.Commit();
        progress.Report(recorder.Totals);
        if (writer.SizeBytes >= options.MaxSize) window.End("max-size");
        if (FreeDisk.IsShort(options.Output)) window.End(WindowEnds.DiskNearlyFull);
    }
}
