using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Model;

/// <summary>What is known of the reasons and functions that the page names, so that a reader need not look them up elsewhere.</summary>
internal sealed class Glossary
{
    private readonly Dictionary<string, GlossaryTerm> _reasons = [];
    private readonly Dictionary<string, GlossaryTerm> _functions = [];

    public Glossary(CaptureFacts facts, KnowledgeBase knowledge)
    {
        KernelVersion? kernel = KernelVersion.Parse(facts.Capture.KernelRelease);
        List<SiteFacts> sites = facts.Sites.Take(FactLimits.TableRows).ToList();
        List<SiteMeaning> meanings = facts.Capture.HitsOf is null ? SiteMeaning.Of(facts, knowledge).Where(m => sites.Contains(m.Site)).ToList() : [];
        foreach (string reason in facts.Reasons.Select(r => r.Reason).OfType<string>().Where(ReasonWords.IsName).Distinct())
        {
            if (knowledge.Reason(reason) is not { } known) continue;
            _reasons.TryAdd(reason, new GlossaryTerm($"reason-{Anchor(reason)}", reason, known, Others(meanings.Where(m => m.Site.Reason == reason && m.Known?.IsReason == true), known)));
        }

        foreach (string function in sites.Select(s => s.Function).OfType<string>().Distinct())
        {
            if (knowledge.Function(function, kernel) is not { } known) continue;
            _functions.TryAdd(function, new GlossaryTerm($"function-{Anchor(function)}", function, known, Others(meanings.Where(m => m.Site.Function == function && m.Known?.IsReason == false), known)));
        }
    }

    private static List<KnowledgeEntry> Others(IEnumerable<SiteMeaning> meanings, KnowledgeEntry known) =>
        meanings.Select(m => m.Known).OfType<KnowledgeEntry>().Where(e => e != known).Distinct().ToList();

    /// <summary>The reasons, by drops.</summary>
    public IReadOnlyCollection<GlossaryTerm> Reasons => _reasons.Values;

    /// <summary>The functions that decided, by drops.</summary>
    public IReadOnlyCollection<GlossaryTerm> Functions => _functions.Values;

    /// <summary>Where a reason is explained; null where it is not.</summary>
    public string? ReasonId(string? reason) => reason is null ? null : _reasons.GetValueOrDefault(reason)?.Id;

    /// <summary>Where a function is explained; null where it is not.</summary>
    public string? FunctionId(string? function) => function is null ? null : _functions.GetValueOrDefault(function)?.Id;

    // A name is the capture's word: as a part of an address it has letters, digits and underscores, and what else was in it is told apart by its code.
    private static string Anchor(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? $"{c}" : $".{(int)c:x}"));
}

/// <summary>A reason or function of a capture.</summary>
/// <param name="Id">Of its place on the page.</param>
/// <param name="Name">As the kernel spells it.</param>
/// <param name="Known">What is known of it.</param>
/// <param name="Elsewhere">What it means besides for some drops of this capture: in some functions, or under a condition.</param>
public sealed record GlossaryTerm(string Id, string Name, KnowledgeEntry Known, IReadOnlyList<KnowledgeEntry> Elsewhere);
