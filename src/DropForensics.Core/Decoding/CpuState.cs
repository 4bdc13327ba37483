using DropForensics.Core.Lines;
using DropForensics.Core.Model;

namespace DropForensics.Core.Decoding;

/// <summary>
/// One CPU's events that wait for their stacks, the youngest last. A softirq can drop a packet between a task's drop and
/// that one's stack: <c>EV ..... / EV ..s3. / ST ..s3. / ST .....</c>, so the youngest event of the same pid and context
/// is the stack's. The task's name is not compared: the event may have <c>&lt;...></c> where the stack has the name.
/// </summary>
internal sealed class CpuState(DecodedBatch finished)
{
    /// <summary>Contexts nest four deep; the rest is for events whose stack never comes.</summary>
    private const int MaxPending = 16;

    // Waiting events, the youngest last; after them, in any order, objects to reuse.
    private readonly PendingDrop[] _pending = [.. Enumerable.Range(0, MaxPending).Select(_ => new PendingDrop())];
    private int _count;

    /// <summary>An event waits for its stack.</summary>
    public bool IsWaiting => _count > 0;

    /// <summary>Time of the last record on this CPU.</summary>
    public long? LastTimestamp { get; set; }

    /// <summary>Adds an event that may get a stack. The caller fills in whether it is a drop, and which.</summary>
    public PendingDrop Add(int pid, ulong flags)
    {
        // The stack of an event comes before the next event of the same pid in the same context. Without flags (noirq-info)
        // the context is not known.
        for (int i = _count - 1; i >= 0 && flags != 0; i--)
        {
            if (_pending[i].Pid == pid && _pending[i].Flags == flags)
                Finish(i);
        }
        if (_count == MaxPending)
            Finish(0);
        PendingDrop added = _pending[_count++];
        (added.Pid, added.Flags, added.IsDrop, added.IsLeftOut, added.Other) = (pid, flags, false, false, null);
        return added;
    }

    /// <summary>Takes out the event that a stack with this head belongs to; null if none waits for it. Valid until the next event is added.</summary>
    public PendingDrop? Take(int pid, ulong flags)
    {
        int best = -1;
        for (int i = _count - 1; i >= 0; i--)
        {
            if (_pending[i].Pid != pid || !IsSameContext(_pending[i].Flags, flags))
                continue;
            bool sameDepth = PendingDrop.Depth(_pending[i].Flags) == PendingDrop.Depth(flags);
            if (best < 0 || sameDepth)
                best = i;
            if (sameDepth)
                break;
        }
        return best < 0 ? null : Remove(best);
    }

    /// <summary>Nothing that waits will get a stack any more.</summary>
    public void FinishAll()
    {
        while (_count > 0)
            Finish(0);
    }

    private void Finish(int index)
    {
        PendingDrop finishing = Remove(index);
        if (finishing.IsDrop)
            finished.Drops.Add(finishing.Drop);
        else if (finishing.Other is { } other)
            finished.Others.Add(other);
    }

    private PendingDrop Remove(int index)
    {
        PendingDrop removed = _pending[index];
        _count--;
        for (int i = index; i < _count; i++)
            _pending[i] = _pending[i + 1];
        _pending[_count] = removed;
        return removed;
    }

    private static bool IsSameContext(ulong a, ulong b) => a == 0 || b == 0 || PendingDrop.Context(a) == PendingDrop.Context(b);
}

/// <summary>An event that may still get its stack. The object is reused, because a drop is too large to pass by value.</summary>
internal sealed class PendingDrop
{
    private DropEvent _drop;

    /// <summary>Of its line.</summary>
    public int Pid { get; set; }

    /// <summary>Of its line, as <see cref="FlagLegend.Order"/> has them.</summary>
    public ulong Flags { get; set; }

    /// <summary>False for an event that is not a drop or did not parse: it still takes its stack, so that no drop gets it.</summary>
    public bool IsDrop { get; set; }

    /// <summary>A drop that the filter left out: it takes its stack with it.</summary>
    public bool IsLeftOut { get; set; }

    /// <summary>The event if it is not a drop and has a name; null for a drop, and for an event that is only counted.</summary>
    public OtherEvent? Other { get; set; }

    /// <summary>With <see cref="IsDrop"/> only.</summary>
    public ref DropEvent Drop => ref _drop;

    /// <summary>Third flag: <c>h s .</c> and so on. A stack and its event have the same.</summary>
    public static byte Context(ulong flags) => (byte)(flags >> 16);

    /// <summary>Fourth flag: preempt depth. An event and its stack may differ in it.</summary>
    public static byte Depth(ulong flags) => (byte)(flags >> 24);
}
