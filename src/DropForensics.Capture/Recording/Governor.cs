using DropForensics.Core.Store;

namespace DropForensics.Capture.Recording;

/// <summary>
/// Spares the host in a storm. Once a second it looks at how many drops (and other events that are recorded) the kernel itself counted, so that it works when the reader is
/// behind. More than allowed for a whole second, and stacks are given up, which are most of what a drop costs; still more for
/// another second, and a sample is recorded from there on, or the window ends. Stacks do not come back: a capture that changes its mind every second
/// tells nothing.
/// </summary>
/// <param name="maxRate">Drops and other events a second; null for no bound.</param>
/// <param name="count">Those counted so far; null where that cannot be read.</param>
/// <param name="openedNs">When the window opened, on CLOCK_MONOTONIC.</param>
/// <param name="giveUpStacks">Stops the taking of stacks; null where none are taken.</param>
/// <param name="sample">
/// When stacks are gone and that is not enough, begins to record a sample; takes the rate, in drops and other events a second. False if it cannot. Null: the window ends.
/// </param>
/// <param name="endWindow">Ends it.</param>
internal sealed class Governor(long? maxRate, Func<long?> count, long openedNs, Action? giveUpStacks, Func<long, bool>? sample, Action endWindow)
{
    /// <summary>What ends a window in which there was nothing else left to give up.</summary>
    public const string EndedBy = "max-rate";

    private readonly List<ReliefRow> _steps = [];
    private long _sinceNs;
    private long? _counted = 0;
    private bool _hasStacks = giveUpStacks is not null, _isDone;

    /// <summary>What was given up, in order.</summary>
    public IReadOnlyList<ReliefRow> Steps => _steps;

    /// <summary>Drops and other events until the last look; null where they cannot be counted.</summary>
    public long? Counted => _counted;

    /// <summary>Called with each step; before stacks are given up, so that no drop comes without one before anybody knows why.</summary>
    public Action<ReliefRow> OnStep { get; init; } = _ => { };

    /// <summary>To be called when a second or more has passed since it last returned, or since the window opened.</summary>
    /// <param name="nowNs">CLOCK_MONOTONIC.</param>
    public void Look(long nowNs)
    {
        (long? counted, long tNs) = (count(), nowNs - openedNs);
        long rate = counted - _counted is { } grown && tNs > _sinceNs ? (long)(grown * 1e9 / (tNs - _sinceNs)) : 0;
        (_counted, _sinceNs) = (counted, tNs);
        if (maxRate is not { } allowed || rate <= allowed || _isDone) return;

        var step = new ReliefRow(tNs, rate, _hasStacks ? ReliefRow.Stacks : sample?.Invoke(rate) == true ? ReliefRow.Sample : ReliefRow.Window);
        _steps.Add(step);
        OnStep(step);
        if (!_hasStacks)
        {
            _isDone = true;
            if (step.Step == ReliefRow.Window) endWindow();
            return;
        }

        _hasStacks = false;
        giveUpStacks?.Invoke();
    }
}
