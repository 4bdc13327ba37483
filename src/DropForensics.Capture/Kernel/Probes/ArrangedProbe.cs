namespace DropForensics.Capture.Kernel.Probes;

/// <summary>A probe that this host accepted, its event defined until this is disposed of.</summary>
/// <param name="Plan">What to arm.</param>
/// <param name="Definition">The event of our own; null where the kernel has one by itself.</param>
internal sealed record ArrangedProbe(ProbePlan Plan, DynamicProbe? Definition) : IDisposable
{
    /// <summary>What could not be undone. Whole after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers => Definition?.Leftovers ?? [];

    public void Dispose() => Definition?.Dispose();
}
