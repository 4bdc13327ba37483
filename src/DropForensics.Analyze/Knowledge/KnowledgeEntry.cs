namespace DropForensics.Analyze.Knowledge;

/// <summary>What is known of a drop reason, or of a function that drops.</summary>
public sealed record KnowledgeEntry
{
    /// <summary>Whether it is of a reason; else of functions, and holds for drops whose reason says nothing.</summary>
    public required bool IsReason { get; init; }

    /// <summary>One or more.</summary>
    public required IReadOnlyList<KnownName> Names { get; init; }

    /// <summary>The functions a reason is meant in, or patterns of them; empty: wherever it is given.</summary>
    public required IReadOnlyList<KnownName> In { get; init; }

    /// <summary>What else must be true of the drop, all of it; empty: nothing.</summary>
    internal IReadOnlyList<Condition> When { get; init; } = [];

    /// <summary>Where it holds, for people: <c>in icmp_rcv, where the packet went to a multicast group</c>; empty where it holds everywhere.</summary>
    internal string Scope => string.Join(", ", new[]
    {
        In.Count > 0 ? $"in {string.Join(", ", In.Select(n => n.Name))}" : null,
        When.Count > 0 ? $"where {string.Join(" and ", When.Select(w => w.Words))}" : null,
    }.OfType<string>());

    /// <summary>What the report gathers it under: an id of <see cref="Findings.Topic"/>.</summary>
    public required string Topic { get; init; }

    public required KernelRange Kernels { get; init; }
    public required Severity Severity { get; init; }

    /// <summary>Whether such drops are no losses at all: frees that drop counts hold for technical reasons.</summary>
    public required bool IsNoise { get; init; }

    /// <summary>What happened, in sentences.</summary>
    public required string What { get; init; }

    /// <summary>Usual causes, the most frequent first; one or more.</summary>
    public required IReadOnlyList<string> Causes { get; init; }

    /// <summary>What to check next; one or more.</summary>
    public required IReadOnlyList<KnownCheck> Checks { get; init; }

    /// <summary>Counters that move with it, as nstat names them; from elsewhere with their file: <c>link.rx_dropped</c>, <c>qdisc.dropped</c>.</summary>
    public required IReadOnlyList<string> Counters { get; init; }
}

/// <summary>A name that an entry goes by.</summary>
/// <param name="Name">A reason's, without <c>SKB_DROP_REASON_</c>; a function's, or a pattern of them: <c>fq_codel_*</c>, <c>*tx_clean*</c>.</param>
/// <param name="Kernels">Where this name has kernels of its own; null: those of the entry.</param>
public sealed record KnownName(string Name, KernelRange? Kernels)
{
    /// <summary>Whether a function has this name, or one of the pattern.</summary>
    public bool Matches(string function) => (Name.StartsWith('*'), Name.EndsWith('*')) switch
    {
        (true, true) => function.Contains(Name.Trim('*'), StringComparison.OrdinalIgnoreCase),
        (false, true) => function.StartsWith(Name[..^1], StringComparison.OrdinalIgnoreCase),
        _ => function.Equals(Name, StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>How closely it names what it matches: a whole name before a pattern, a long pattern before a short one, a prefix before a part.</summary>
    internal (int Kind, int Length) Closeness => ((Name.StartsWith('*'), Name.EndsWith('*')) switch
    {
        (true, _) => 0,
        (_, true) => 1,
        _ => 2,
    }, Name.Length);
}

/// <summary>Something to try next.</summary>
/// <param name="Command">For a POSIX shell; <c>$IF</c>, <c>$ADDR</c> and <c>$PORT</c> stand for the interface, address and port in question.</param>
/// <param name="Shows">What it shows.</param>
public sealed record KnownCheck(string Command, string Shows);
