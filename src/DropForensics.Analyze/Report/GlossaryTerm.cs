using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Report;

/// <summary>A reason or function of a capture.</summary>
/// <param name="Id">Of its place on the page.</param>
/// <param name="Name">As the kernel spells it.</param>
/// <param name="Known">What is known of it.</param>
/// <param name="Elsewhere">What a reason means besides, in some of the functions that gave it.</param>
public sealed record GlossaryTerm(string Id, string Name, KnowledgeEntry Known, IReadOnlyList<KnowledgeEntry> Elsewhere);
