using DropForensics.Analyze.Facts;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Follow;

/// <summary>The ways of a capture's dropped packets in the order of the drops' times, from the text of all CPUs. It keeps what is on its way at one time.</summary>
internal sealed class WayReader : IDisposable
{
    private readonly List<StopStream> _streams = [];
    private readonly PriorityQueue<StopStream, (long TNs, int Order)> _next = new();
    private readonly Dictionary<StopStream, int> _order = [];
    private readonly SortedDictionary<int, Queue<StopEvent>> _tied = [];
    private readonly HashSet<ulong> _elsewhere = [];
    private readonly WayJoiner _joiner;

    /// <param name="capture">Open.</param>
    /// <exception cref="UserError">The text is damaged.</exception>
    public WayReader(CaptureReader capture)
    {
        var queries = new Queries.CaptureQueries(capture.Connection);
        var gaps = new Gaps();
        long shutNs = long.MinValue;
        SampledSpans? spans = SampledSpans.Read(path => queries.File(path, "after"), (opened, shut, _, _) =>
        {
            gaps.Add(shutNs, opened);
            shutNs = shut;
        });
        if (spans is not null) gaps.Add(shutNs, long.MaxValue);
        _joiner = new WayJoiner(gaps);
        long openedNs = queries.Capture().OpenedNs ?? 0;
        var runs = new CpuRuns();
        foreach (RawStream stream in capture.Streams())
        {
            var events = new StopStream(capture, stream.Cpu, openedNs, runs, gaps);
            _streams.Add(events);
            _order.Add(events, _order.Count);
            Queue(events);
        }
    }

    /// <summary>Events read so far.</summary>
    public long Events { get; private set; }

    /// <summary>Of these, those whose packet cannot be told from others, because the kernel hid its address.</summary>
    public long Hidden => _streams.Sum(stream => stream.Hidden);

    /// <summary>The way of the next dropped packet; null at the end.</summary>
    /// <exception cref="UserError">The text is damaged.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public PacketWay? Next(CancellationToken stop)
    {
        while (Take() is { } next)
        {
            if ((++Events & 0xffff) == 0) stop.ThrowIfCancellationRequested();
            if (_joiner.Add(next) is { } way) return way;
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _streams.ForEach(stream => stream.Dispose());

    private StopEvent? Take()
    {
        if (_tied.Count == 0 && !FindTied(out StopEvent? single)) return single;
        (int cpu, Queue<StopEvent> events) = _tied.MinBy(cpu => Rank(cpu.Key, cpu.Value.Peek()));
        StopEvent next = events.Dequeue();
        if (_tied.Any(other => other.Key != cpu && other.Value.Any(each => each.Address == next.Address))) _elsewhere.Add(next.Address);
        if (events.Count == 0) _tied.Remove(cpu);
        return _elsewhere.Contains(next.Address) ? next with { IsTied = true } : next;
    }

    // The kernel prints whole microseconds. What happened in one of them on several CPUs is put into an order in which it can have happened.
    private bool FindTied(out StopEvent? single)
    {
        single = null;
        _elsewhere.Clear();
        if (!_next.TryDequeue(out StopStream? stream, out (long TNs, int Order) at)) return false;
        if (!_next.TryPeek(out _, out (long TNs, int Order) other) || other.TNs != at.TNs)
        {
            single = stream.Current;
            Queue(stream);
            return false;
        }

        long tNs = at.TNs;
        do
        {
            if (!_tied.TryGetValue(at.Order, out Queue<StopEvent>? events)) _tied.Add(at.Order, events = new Queue<StopEvent>());
            events.Enqueue(stream.Current);
            Queue(stream);
        }
        while (_next.TryPeek(out stream, out at) && at.TNs == tNs && _next.TryDequeue(out stream, out _));
        return true;
    }

    // What would begin a way waits while another CPU may have its beginning.
    private int Rank(int cpu, in StopEvent next)
    {
        int rank = _joiner.Rank(next);
        ulong address = next.Address;
        return rank > 1 && _tied.Any(other => other.Key != cpu && other.Value.Any(each => each.Address == address)) ? rank + WayJoiner.Ranks : rank;
    }

    private void Queue(StopStream stream)
    {
        if (stream.Next()) _next.Enqueue(stream, (stream.Current.TNs, _order[stream]));
    }
}
