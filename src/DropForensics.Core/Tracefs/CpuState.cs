using DropForensics.Core.Model;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// One CPU's events that wait for their stacks, the youngest last. A softirq can drop a packet between a task's drop and
/// that one's stack: <c>EV ..... / EV ..s3. / ST ..s3. / ST .....</c>, so the youngest event of the same pid and context
/// is the stack's. The name is no key: the event can say <c>&lt;...></c> where the stack knows it.
/// </summary>
internal sealed class CpuState(List<DropEvent> finished)
{
    /// <summary>Contexts nest four deep; the rest is for events whose stack never comes.</summary>
    private const int MaxPending = 16;

    private readonly List<PendingDrop> _pending = new(MaxPending);

    /// <summary>Time of the last record on this CPU.</summary>
    public long? LastTimestamp { get; set; }

    public void Add(in PendingDrop added)
    {
        // The stack of an event comes before the next event of the same pid in the same context. Without flags (noirq-info)
        // the context is not known.
        for (int i = _pending.Count - 1; i >= 0 && added.Flags != 0; i--)
        {
            if (_pending[i].Pid == added.Pid && _pending[i].Flags == added.Flags)
                Finish(i);
        }
        if (_pending.Count == MaxPending)
            Finish(0);
        _pending.Add(added);
    }

    /// <summary>Takes out the event that a stack with this head belongs to; false if none waits for it.</summary>
    public bool TryTake(int pid, ulong flags, out PendingDrop taken)
    {
        int best = -1;
        for (int i = _pending.Count - 1; i >= 0; i--)
        {
            if (_pending[i].Pid != pid || !IsSameContext(_pending[i].Flags, flags))
                continue;
            bool sameDepth = PendingDrop.Depth(_pending[i].Flags) == PendingDrop.Depth(flags);
            if (best < 0 || sameDepth)
                best = i;
            if (sameDepth)
                break;
        }
        taken = best < 0 ? default : _pending[best];
        if (best >= 0)
            _pending.RemoveAt(best);
        return best >= 0;
    }

    /// <summary>Nothing that waits will get a stack any more.</summary>
    public void FinishAll()
    {
        while (_pending.Count > 0)
            Finish(0);
    }

    private void Finish(int index)
    {
        if (_pending[index].Drop is { } drop)
            finished.Add(drop);
        _pending.RemoveAt(index);
    }

    private static bool IsSameContext(ulong a, ulong b) => a == 0 || b == 0 || PendingDrop.Context(a) == PendingDrop.Context(b);
}
