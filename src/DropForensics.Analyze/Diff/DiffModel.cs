namespace DropForensics.Analyze.Diff;

/// <summary>What every rendering of a comparison is made from.</summary>
/// <param name="A">The capture to compare with.</param>
/// <param name="B">The one that is judged.</param>
/// <param name="Total">All drops.</param>
/// <param name="Tables">By what they are compared, reasons first.</param>
/// <param name="Limits">What cannot be compared, and what else a reader must know, a sentence each.</param>
/// <param name="Headline">The answer in one sentence; backticks mark the kernel's names.</param>
/// <param name="Increase">What <c>--fail-on-increase</c> found; null where it was not asked for.</param>
public sealed record DiffModel(
    DiffSide A, DiffSide B, DiffRow Total, IReadOnlyList<DiffTable> Tables, IReadOnlyList<string> Limits, string Headline, Increase? Increase)
{
    /// <summary>The table that tells causes apart: reasons, or functions where reasons are not compared.</summary>
    public DiffTable Causes => Tables[0].WhyNot is null ? Tables[0] : Tables[1];
}
