using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Report;

/// <summary>A reason or function of a capture.</summary>
/// <param name="Id">Of its place on the page.</param>
/// <param name="Name">As the kernel spells it.</param>
/// <param name="Known">What is known of it.</param>
/// <param name="Elsewhere">What it means besides for some drops of this capture: in some functions, or under a condition.</param>
public sealed record GlossaryTerm(string Id, string Name, KnowledgeEntry Known, IReadOnlyList<KnowledgeEntry> Elsewhere);
