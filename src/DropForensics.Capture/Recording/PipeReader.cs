using DropForensics.Capture.Host;

namespace DropForensics.Capture.Recording;

/// <summary>
/// Sweeps the per-CPU rings on a thread of its own: one look at each a few times a second at rest, again at once while there is
/// anything to read. The cost follows the drops, not the CPUs. It may have to wait for the writer; nothing waits for it
/// before the gate is shut.
/// </summary>
internal sealed unsafe class PipeReader(Lane[] lanes, RingPages pages, BlockQueue queue, CancellationToken writerFailed) : IDisposable
{
    private const int RestMs = 250;

    // At 100,000 drops a second a CPU fills some 300 KB of pages in this time; where no CPU has a tenth of that, all can wait longer.
    private const int BusyRestMs = 10, LessBusyRestMs = 40, LessBusyBytes = 32 * 1024;

    private readonly CancellationTokenSource _gateShut = new();
    private readonly Libc.PollFd[] _waits = Array.ConvertAll(lanes, lane => new Libc.PollFd { Fd = lane.Fd, Events = Libc.PollIn });
    private CancellationToken _cut;
    private Thread? _thread;
    private Block? _empty;
    private int _most;
    private int _marks;

    /// <summary>Why reading failed; null where it has not. Known after <see cref="Drain"/>.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>
    /// Asks for an empty block of each CPU as soon as its ring is found empty, so that whoever takes the blocks knows that all of before has come. From any
    /// thread.
    /// </summary>
    /// <returns>What these blocks have as their <see cref="Block.Mark"/>, or more.</returns>
    public int Mark() => Interlocked.Increment(ref _marks);

    public void Start()
    {
        _thread = new Thread(Run) { Name = "reader" };
        _thread.Start();
    }

    /// <summary>The gate is shut: reads what is left in the rings and ends.</summary>
    /// <param name="cut">Gives up what is left.</param>
    public void Drain(CancellationToken cut)
    {
        _cut = cut;
        _gateShut.Cancel();
        if (_thread is null) queue.Finish();
        else _thread.Join();
    }

    public void Dispose() => _gateShut.Dispose();

    private void Run()
    {
        try
        {
            while (!_gateShut.IsCancellationRequested)
            {
                _ = Sweep();
                if (!Array.Exists(lanes, lane => lane.HasMore)) WaitForMore();
            }

            while (!_cut.IsCancellationRequested && Sweep())
            {
            }
        }
        catch (OperationCanceledException) when (writerFailed.IsCancellationRequested)
        {
            // The writer says why.
        }
        catch (Exception e)
        {
            Failure = e;
        }
        finally
        {
            queue.Finish();
        }
    }

    /// <summary>One look at each ring, at most one block from each.</summary>
    /// <returns>Whether anything was read.</returns>
    private bool Sweep()
    {
        _most = 0;
        int marks = Volatile.Read(ref _marks);
        foreach (Lane lane in lanes)
        {
            Block block = _empty ?? queue.Rent(writerFailed);
            _empty = block;
            lane.Fill(block, pages.CanBeRead);
            bool isMark = block.Length == 0 && lane.Marks != marks;
            if (block.Length == 0 && !isMark) continue;
            if (isMark) lane.Marks = block.Mark = marks;
            _most = Math.Max(_most, block.Length);
            _empty = null;
            queue.Push(block);
        }

        return _most > 0;
    }

    /// <summary>The kernel wakes a poll when a ring reaches buffer_percent, so a burst does not wait for the next sweep.</summary>
    private void WaitForMore()
    {
        for (int i = 0; i < _waits.Length; i++) _waits[i].Fd = lanes[i].CanBePolled ? lanes[i].Fd : -1;
        int rest = !Array.Exists(lanes, lane => lane.IsBusy) ? RestMs : _most < LessBusyBytes ? LessBusyRestMs : BusyRestMs;
        fixed (Libc.PollFd* start = _waits) _ = Libc.Poll(start, (nuint)_waits.Length, rest);
        for (int i = 0; i < _waits.Length; i++) lanes[i].CanBePolled &= (_waits[i].Revents & Libc.PollErr) == 0;
    }
}
