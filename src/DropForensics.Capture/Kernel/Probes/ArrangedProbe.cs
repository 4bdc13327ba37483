namespace DropForensics.Capture.Kernel.Probes;

/// <summary>A probe that this host accepted, its events defined until this is disposed of.</summary>
/// <param name="Plan">What to arm.</param>
/// <param name="Definitions">The events of our own.</param>
internal sealed record ArrangedProbe(ProbePlan Plan, IReadOnlyList<DynamicProbe> Definitions) : IDisposable
{
    /// <summary>What could not be undone. Whole after <see cref="Dispose"/>.</summary>
    public IEnumerable<string> Leftovers => Definitions.SelectMany(definition => definition.Leftovers);

    public void Dispose()
    {
        foreach (var definition in Definitions) definition.Dispose();
    }
}
