namespace DropForensics.Analyze.Follow;

/// <summary>Times in which events are missing: records were lost, or the gate was shut to spare the host.</summary>
internal sealed class Gaps
{
    private readonly List<(long FromNs, long UntilNs)> _all = [];

    /// <summary>How many there are; those that touch each other are one.</summary>
    public int Count => _all.Count;

    /// <summary>Adds the time between two events.</summary>
    /// <param name="fromNs">The last event before it.</param>
    /// <param name="untilNs">The first event behind it.</param>
    public void Add(long fromNs, long untilNs)
    {
        // Of events at one time nobody can say on which side of it they are.
        if (fromNs >= untilNs) (fromNs, untilNs) = (untilNs - 1, fromNs + 1);
        int at = FirstThatEndsAfter(fromNs), behind = at;
        for (; behind < _all.Count && _all[behind].FromNs <= untilNs; behind++)
            (fromNs, untilNs) = (Math.Min(fromNs, _all[behind].FromNs), Math.Max(untilNs, _all[behind].UntilNs));
        _all.RemoveRange(at, behind - at);
        _all.Insert(at, (fromNs, untilNs));
    }

    /// <summary>Whether events may be missing between two.</summary>
    public bool Between(long fromNs, long untilNs) => FirstThatEndsAfter(fromNs) is var at && at < _all.Count && _all[at].FromNs < untilNs;

    private int FirstThatEndsAfter(long ns)
    {
        int low = 0, high = _all.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_all[middle].UntilNs <= ns) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
