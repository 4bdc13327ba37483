namespace DropForensics.Analyze.Knowledge;

/// <summary>What a reason's number means.</summary>
/// <param name="Name">The reason, without <c>SKB_DROP_REASON_</c>.</param>
/// <param name="Kernels">The kernels it was looked up in, as their packages name them: <c>6.12.107+deb13</c>.</param>
public sealed record NumberMeaning(string Name, IReadOnlyList<string> Kernels);
