using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Explain;

/// <summary>The answer to <c>analyze explain</c>.</summary>
/// <param name="Asked">The name as asked for.</param>
/// <param name="Number">What the number means, where one was asked for; else empty.</param>
/// <param name="Entries">What is known, one or more: of a function that does different things in different kernels, each.</param>
internal sealed record Explanation(string Asked, IReadOnlyList<NumberMeaning> Number, IReadOnlyList<KnowledgeEntry> Entries);
