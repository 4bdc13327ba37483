namespace DropForensics.Analyze.Knowledge;

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
