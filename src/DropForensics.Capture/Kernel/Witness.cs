namespace DropForensics.Capture.Kernel;

/// <summary>
/// A second, tiny instance that nobody reads: its ring overflows at once and goes on counting, so the kernel itself says how
/// many drops there were, whatever the reader managed to keep.
/// </summary>
internal sealed class Witness : IDisposable
{
    private const int SmallestRingKiB = 4;

    private readonly TraceInstance _instance;

    /// <summary>Makes and arms it with its gate shut.</summary>
    /// <param name="tracefs">Where tracefs is mounted.</param>
    /// <param name="filter">The filter of the capture it testifies for.</param>
    public Witness(string tracefs, string filter)
    {
        _instance = TraceInstance.Create(tracefs, SmallestRingKiB);
        try
        {
            _instance.Arm(filter, trigger: null);
        }
        catch
        {
            _instance.Dispose();
            throw;
        }
    }

    /// <summary>What could not be undone. Known after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers => _instance.Leftovers;

    public void OpenGate() => _instance.OpenGate();

    public void ShutGate() => _instance.ShutGate();

    /// <summary>Drops while its gate was open: what the rings hold and what they had to overwrite.</summary>
    public long Count() => _instance.Cpus().Sum(cpu => RingStats.Parse(_instance.Stats(cpu)).Written);

    public void Dispose() => _instance.Dispose();
}
