namespace DropForensics.Analyze.Replay;

/// <summary>Says when a drop's moment has come.</summary>
/// <param name="speed">How many ns of the window pass in one.</param>
/// <param name="nowNs">A clock that never goes back.</param>
/// <param name="wait">Waits so many ns, or less.</param>
internal sealed class Pace(double speed, Func<long> nowNs, Action<long> wait)
{
    private (long Now, long T)? _start;

    /// <summary>How long it is until the moment of <paramref name="tNs"/>, 0 where it has come; the first one's is now.</summary>
    public long Remaining(long tNs)
    {
        (long now, long t) = _start ??= (nowNs(), tNs);
        double due = ((double)tNs - t) / speed;
        return (long)Math.Clamp(due - (nowNs() - now), 0, long.MaxValue / 2);
    }

    /// <summary>Waits for it.</summary>
    public void Await(long tNs, CancellationToken stop)
    {
        while (Remaining(tNs) is > 0 and var left)
        {
            stop.ThrowIfCancellationRequested();
            wait(left);
        }
    }
}
