using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>What the witness counted in the window.</summary>
/// <param name="ByCpu">Drops of each CPU.</param>
/// <param name="Slack">So many of them may lie between the two gates.</param>
/// <param name="Hist">The same drops by reason and location; null where the kernel has no hist triggers, or counts another event.</param>
internal sealed record Testimony(IReadOnlyList<(int Cpu, long Drops)> ByCpu, long Slack, HistText? Hist)
{
    public long Drops => ByCpu.Sum(each => each.Drops);
}
