using DropForensics.Core;

namespace DropForensics.Analyze.Knowledge;

/// <summary>All that is known of drop reasons and dropping functions, from knowledge.txt, which is part of this program.</summary>
public sealed class KnowledgeBase
{
    private const string Prefix = "SKB_DROP_REASON_";
    private const int Proof = 100;
    private static readonly Lazy<KnowledgeBase> Built = new(Load);
    private readonly Dictionary<string, List<KnowledgeEntry>> _reasons = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<(KnownName Name, KnowledgeEntry Entry)> _functions;

    internal KnowledgeBase(IReadOnlyList<KnowledgeEntry> entries)
    {
        Entries = entries;
        foreach (KnowledgeEntry entry in entries.Where(e => e.IsReason))
        {
            foreach (KnownName name in entry.Names)
            {
                if (!_reasons.TryGetValue(name.Name, out List<KnowledgeEntry>? known)) _reasons.Add(name.Name, known = []);
                known.Add(entry);
            }
        }

        // An entry under a condition comes before one of the same closeness without, however the file orders them.
        _functions = entries.Where(e => !e.IsReason).SelectMany(e => e.Names.Select(n => (Name: n, Entry: e)))
            .OrderByDescending(f => f.Name.Closeness).ThenByDescending(f => f.Entry.When.Count).ToList();
    }

    /// <summary>That of this program.</summary>
    public static KnowledgeBase Embedded => Built.Value;

    public IReadOnlyList<KnowledgeEntry> Entries { get; }

    /// <summary>By a reason's name in any case, with or without <c>SKB_DROP_REASON_</c>; null where none is known.</summary>
    /// <param name="name">The reason.</param>
    /// <param name="function">Where it was given, which may change its meaning. Null: unknown.</param>
    /// <param name="kernel">Null: any.</param>
    /// <param name="holds">Whether a condition is true of the drops; null: nothing is known of them.</param>
    internal KnowledgeEntry? Reason(string name, string? function = null, KernelVersion? kernel = null, Func<Condition, bool>? holds = null) => Reasons(name)
        .Where(e => e.In.Count == 0 || (function is not null && e.In.Any(n => n.Matches(function))))
        .Where(e => (e.In.Count == 0 && e.When.Count == 0) || (e.Kernels.Contains(kernel) && IsTrue(e, holds)))
        .OrderByDescending(e => (e.In.Count > 0 ? 1 : 0) + Weight(e))
        .ThenByDescending(e => e.In.Where(n => n.Matches(function ?? "")).Select(n => n.Closeness).DefaultIfEmpty().Max()).FirstOrDefault();

    /// <summary>All entries of a reason: what it means in general, then in some functions and under some conditions.</summary>
    public IEnumerable<KnowledgeEntry> Reasons(string name) => (_reasons.GetValueOrDefault(Bare(name)) ?? []).OrderBy(e => e.In.Count > 0).ThenBy(e => e.When.Count);

    /// <summary>By a function's name; null where none is known of that kernel.</summary>
    /// <param name="function">Without a compiler's suffix.</param>
    /// <param name="kernel">Null: any.</param>
    /// <param name="holds">Whether a condition is true of the drops; null: nothing is known of them.</param>
    internal KnowledgeEntry? Function(string function, KernelVersion? kernel, Func<Condition, bool>? holds = null) =>
        Functions(function).Where(e => e.Kernels.Contains(kernel) && IsTrue(e, holds)).MaxBy(Weight);

    /// <summary>Entries of a function, the closest first, until one holds for every kernel and every packet.</summary>
    public IEnumerable<KnowledgeEntry> Functions(string function)
    {
        // An inner part of a function has its name behind underscores: __codel_qdisc_dequeue is one of codel_*.
        string name = _functions.Any(f => f.Name.Matches(function)) ? function : function.TrimStart('_');
        foreach ((_, KnowledgeEntry entry) in _functions.Where(f => f.Name.Matches(name)))
        {
            yield return entry;
            if (entry.Kernels == KernelRange.All && entry.When.Count == 0) yield break;
        }
    }

    /// <summary>What is known of drops of a reason in a function: of the reason if it is specific, else of the function.</summary>
    /// <param name="reason">Null: the kernel or the probe gave none.</param>
    /// <param name="function">The deciding function; null: unknown.</param>
    /// <param name="kernel">Of the host; null: unknown.</param>
    /// <param name="holds">Whether a condition is true of the drops; null: nothing is known of them.</param>
    internal KnowledgeEntry? Of(string? reason, string? function, KernelVersion? kernel, Func<Condition, bool>? holds = null)
    {
        KnowledgeEntry? known = reason is null ? null : Reason(reason, function, kernel, holds);
        bool saysLittle = known is null || (reason is "NOT_SPECIFIED" or "NOT_DROPPED_YET" && known.In.Count == 0 && known.When.Count == 0);
        return (saysLittle && function is not null ? Function(function, kernel, holds) : null) ?? known;
    }

    // Each condition makes an entry closer, and what a counter proves comes before all that is likely.
    private static int Weight(KnowledgeEntry entry) => 2 * entry.When.Sum(c => c.IsCounted ? Proof : 1);

    private static bool IsTrue(KnowledgeEntry entry, Func<Condition, bool>? holds) => entry.When.Count == 0 || (holds is not null && entry.When.All(holds));

    /// <summary>Names that a misspelt one may have meant, the nearest first; at most so many.</summary>
    public IReadOnlyList<string> Near(string name, int most)
    {
        string bare = Bare(name);
        return _reasons.Keys.Concat(_functions.Select(f => f.Name.Name).Where(n => !n.Contains('*'))).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(known => (Known: known, Distance: NearNames.Between(bare, known)))
            .Where(n => n.Distance <= Math.Max(2, bare.Length / 3))
            .OrderBy(n => n.Distance).ThenBy(n => n.Known, StringComparer.Ordinal)
            .Take(most).Select(n => n.Known).ToList();
    }

    private static string Bare(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && name.Length > Prefix.Length ? name[Prefix.Length..] : name.TrimStart('_') is { Length: > 0 } bare ? bare : name;

    private static KnowledgeBase Load()
    {
        using Stream resource = typeof(KnowledgeBase).Assembly.GetManifestResourceStream("knowledge.txt")
            ?? throw new InvalidOperationException("knowledge.txt is not embedded");
        using var text = new StreamReader(resource);
        return new KnowledgeBase(KnowledgeFile.Read(text));
    }
}
