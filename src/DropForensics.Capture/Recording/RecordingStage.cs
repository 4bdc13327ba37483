using System.Collections.Concurrent;
using System.Diagnostics;
using DropForensics.Capture.Host;
using DropForensics.Capture.Metrics;
using DropForensics.Core.Ledger;
using DropForensics.Core.Lines;
using DropForensics.Core.Recording;
using DropForensics.Core.RingPages;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Recording;

/// <summary>
/// The stage behind the reader: takes blocks, makes text of pages, decodes and stores it, commits about once a second, and ends the window when a
/// bound is reached. One thread; the capture file is its alone while it runs. Of a flight recorder it goes from one part to the next.
/// </summary>
/// <remarks>The file is long because all that one thread does to the file is in one place, in the order in which it does it.</remarks>
internal sealed class RecordingStage(
    CaptureOptions options, Segment segment, RingPages pages, BlockQueue queue, Window window, Progress progress, Rotation? rotation = null, TriggerWatch? triggers = null, MetricsFile? metrics = null) : IDisposable
{
    private static readonly TimeSpan CommitEvery = TimeSpan.FromSeconds(1);

    // Where nothing is dropped there is nothing to make safe but the clocks.
    private const int CommitsSkippedAtRest = 4;

    // On a small disk all may happen within a second.
    private const long CommitBytes = 2 << 20, LookBytes = 128 << 10;

    // What stays in the processor's cache between the stages.
    private const int LinesAtOnce = 64 * 1024;

    private readonly LineBuffer _lines = new();
    private readonly ConcurrentQueue<ReliefRow> _relief = new();
    private readonly ConcurrentQueue<SampledSpan> _spans = new();
    private readonly CancellationTokenSource _failed = new();
    private Segment _segment = segment;
    private Handover? _handover;
    private TimeCut?[] _cuts = [];
    private long _dropsBefore, _lostBefore;
    private readonly ConcurrentQueue<SaveOrder> _toSave = new();
    private SaveOrder? _saving;
    private int _mark;

    // A drop waits for the next record of its CPU, which may be hours away: when a ring was found empty and nothing came since it was asked about, all has come.
    private readonly HashSet<int> _fresh = [];
    private int _settles = int.MaxValue;
    private Thread? _thread;
    private long _committedBytes, _lookedBytes;
    private bool _isShort;

    /// <summary>Set when nobody takes blocks any more.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Why it failed; null where it has not. Known after <see cref="Join"/>.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>What is recorded into: of a flight recorder the newest part. For others only after <see cref="Join"/>.</summary>
    public Segment Segment => _segment;

    /// <summary>Asks the reader to tell when all that is in the rings now has come: see <see cref="PipeReader.Mark"/>.</summary>
    public Func<int> Mark { get; set; } = () => 0;

    /// <summary>Asks the gate to tell what is known of a sample so far, by <see cref="Add(SampledSpan)"/>.</summary>
    public Action TellSpans { get; set; } = () => { };

    private CaptureWriter Writer => _segment.Writer;

    private Recorder Recorder => _segment.Recorder;

    private Totals[] OpenParts => _handover is { } ending ? [ending.Ending.Recorder.Totals, Recorder.Totals] : [Recorder.Totals];

    /// <param name="opened">The clocks when the gate opened.</param>
    public void Start(ClockReading opened)
    {
        CaptureRow row = _segment.Row;   // it may change while the thread starts
        _thread = new Thread(() => Run(row, opened)) { Name = "recording" };
        _thread.Start();
    }

    /// <summary>Says what was given up to spare the host; it is in the file with the next commit. From any thread.</summary>
    public void Add(ReliefRow relief) => _relief.Enqueue(relief);

    /// <summary>A time in which the gate was open, of a sample; it is in the file with the next commit. From any thread.</summary>
    public void Add(SampledSpan span) => _spans.Enqueue(span);

    /// <summary>No more stacks are taken; call it before that is so. From any thread.</summary>
    /// <param name="ns">The trace-clock time.</param>
    /// <param name="step">The same for the file.</param>
    public void StacksEndAt(long ns, ReliefRow step)
    {
        rotation?.StacksGone = step;
        Recorder.StacksUntilNs = ns;
    }

    /// <summary>Lets a flight recorder save what it has, at the next opportunity. From any thread.</summary>
    public void Save(SaveOrder order) => _toSave.Enqueue(order);

    /// <summary>Waits until every block pushed has been stored. The reader must have finished the queue.</summary>
    public void Join() => _thread?.Join();

    public void Dispose() => _failed.Dispose();

    private void Run(CaptureRow row, ClockReading opened)
    {
        try
        {
            Writer.AddClock(opened);
            Writer.SetCapture(row);
            Recorder.Commit();

            var sinceCommit = Stopwatch.StartNew();
            (bool isNew, int skipped) = (false, 0);
            while (!queue.IsFinished)
            {
                TimeSpan rest = CommitEvery - sinceCommit.Elapsed;
                if (queue.TryPop(Math.Max(0, (int)rest.TotalMilliseconds), out Block? block) && block is not null)
                {
                    isNew = true;
                    Take(block);
                    queue.Return(block);
                }

                triggers?.LookAtDrops(OpenParts);
                Rotate();
                if (Recorder.Totals.Drops >= options.MaxDrops) window.End("max-drops");
                if (sinceCommit.Elapsed < CommitEvery && !HasGrown()) continue;
                sinceCommit.Restart();
                if (!isNew && Recorder.IsWaiting)
                {
                    _fresh.Clear();
                    _settles = Mark();
                }

                if (!isNew && _relief.IsEmpty && _spans.IsEmpty && skipped++ < CommitsSkippedAtRest)
                {
                    // A clock that is set while nothing drops must not be met by the next drops alone.
                    Writer.AddClock(HostClock.Read());
                    Look();
                    continue;
                }

                (isNew, skipped) = (false, 0);
                Commit();
            }

            EndHandover();
            Recorder.Complete();
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

    /// <summary>Records what a block holds.</summary>
    internal void Take(Block block)
    {
        ReadOnlySpan<byte> bytes = block.Bytes.AsSpan(0, block.Length);
        if (bytes.IsEmpty)
        {
            // One that was asked for by an earlier part may still have been in the queue.
            if (block.Mark >= _mark) _handover?.FoundEmpty(block.Cpu);
            if (block.Mark >= _settles && _handover is null && !_fresh.Contains(block.Cpu)) Recorder.Settle(block.Cpu);
            return;
        }

        _fresh.Add(block.Cpu);

        if (block.PageBytes == 0)
        {
            pages.TextWasRead = true;
            Feed(block.Cpu, bytes);
            return;
        }

        // There is a renderer where there are pages.
        PageRenderer renderer = pages.Renderer!;
        LoadSymbols(renderer);
        for (; !bytes.IsEmpty; bytes = bytes[block.PageBytes..])
        {
            renderer.Render(_lines, block.Cpu, bytes[..block.PageBytes]);
            if (_lines.Length < LinesAtOnce && bytes.Length > block.PageBytes) continue;
            Feed(block.Cpu, _lines.Written);
            _lines.Clear();
        }

        if (renderer.Unrendered > 0) pages.GiveUp();
    }

    /// <summary>Passes over what the rings have from before a moment. Call it before <see cref="Start"/>.</summary>
    /// <param name="cpus">Those with a ring.</param>
    /// <param name="atNs">The moment, in the trace clock.</param>
    public void SkipUntil(IReadOnlyList<int> cpus, long atNs) => _cuts = Handover.Cuts(cpus, atNs, hasStacks: _segment.Row.Trigger is not null);

    /// <summary>Events of a CPU that were passed over. After <see cref="Join"/>.</summary>
    public long Skipped(int cpu) => cpu < _cuts.Length && _cuts[cpu] is { } cut ? cut.Events : 0;

    private void Feed(int cpu, ReadOnlySpan<byte> text)
    {
        if (_cuts.Length > 0 && _cuts[cpu] is { IsPast: false } cut) text = text[cut.Take(text)..];
        if (_handover is { } last) text = last.Feed(cpu, text);
        if (text.Length > 0) Recorder.Feed(cpu, text);
    }

    /// <summary>Goes over to the next part of a flight recorder when it is time, and closes the one before when all of it has come.</summary>
    private void Rotate()
    {
        if (rotation is null) return;
        if (_handover is { IsOver: true }) EndHandover();
        if (_handover is not null || window.IsOver || (_toSave.IsEmpty && !rotation.IsDue(_segment))) return;
        _ = _toSave.TryDequeue(out _saving);
        TakeSpans();
        TakeRelief();
        (_segment, _handover) = rotation.Begin(_segment, _saving?.Cause ?? WindowEnds.NextPart);
        _committedBytes = _lookedBytes = 0;
        _mark = Mark();
    }

    private void EndHandover()
    {
        if (rotation is null || _handover is not { } last) return;
        TakeSpans();
        _handover = null;
        Totals totals = last.Ending.Recorder.Totals;
        rotation.Close(last);
        triggers?.EndPart(totals);
        progress.Report(totals, _dropsBefore, _lostBefore);
        metrics?.EndPart(totals);
        _dropsBefore += totals.Drops;
        _lostBefore += totals.Lost;
        if (_saving is not { } order) return;
        rotation.Save(order.Number);
        _saving = null;
        triggers?.Rearm();   // not before: the window could end with the next one, and this would not be saved
    }

    /// <summary>Gives each span to the file in whose window it lies: none lies in two.</summary>
    public void TakeSpans()
    {
        while (_spans.TryDequeue(out SampledSpan? span)) (_handover is { } last && span.OpenedNs < _segment.Row.OpenedNs ? last.Ending : _segment).Add(span);
    }

    private void TakeRelief()
    {
        while (_relief.TryDequeue(out ReliefRow? relief))
        {
            if (relief.Step == ReliefRow.Sample) rotation?.Sampled = relief;
            _segment.Add(rotation?.Within(relief, _segment) ?? relief);
        }
    }

    private void LoadSymbols(PageRenderer renderer)
    {
        if (pages.WereRead) return;
        pages.WereRead = true;
        if (!renderer.TryLoadSymbols()) pages.GiveUp();

        // Twice the table was needed to sort it: on a host that is short of memory, nobody else should miss that for the rest of the window.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Whether enough was added to make it safe; on the way there the bounds of the file are looked at.</summary>
    private bool HasGrown()
    {
        long bytes = Writer.SizeBytes;
        if (bytes < _lookedBytes + LookBytes) return false;
        _lookedBytes = bytes;
        if (bytes >= options.MaxSize) window.End("max-size");
        return bytes >= _committedBytes + CommitBytes | LooksShort();
    }

    private void Commit()
    {
        Writer.AddClock(HostClock.Read());
        TakeRelief();
        TellSpans();
        TakeSpans();
        _segment.StoreSpans();
        Recorder.Commit();
        progress.Report(Recorder.Totals, _dropsBefore, _lostBefore);
        metrics?.Report(OpenParts);
        _committedBytes = _lookedBytes = Writer.SizeBytes;
        if (_committedBytes >= options.MaxSize) window.End("max-size");
        Look();
    }

    /// <summary>What others may do to the file meanwhile.</summary>
    private void Look()
    {
        if (_segment.Target.IsGone) window.End(TargetFile.Removed);
        _ = LooksShort();
    }

    /// <summary>Ends the window where the disk runs short.</summary>
    /// <returns>True the first time.</returns>
    /// <exception cref="IOException">Nothing more can be stored, or the file could not be brought to a good end.</exception>
    private bool LooksShort()
    {
        // What is committed goes through the journal into the file, and what is not yet has both before it.
        long needed = Writer.JournalBytes + (2 * (Writer.SizeBytes - _committedBytes));
        if (FreeDisk.Of(options.Output) is not { } disk || !disk.IsShort(needed)) return false;
        window.End(WindowEnds.DiskNearlyFull);
        if (disk.IsUsedUp(needed)) throw new IOException("the disk is full; the data still in the rings was discarded");
        (bool first, _isShort) = (!_isShort, true);
        return first;
    }
}
