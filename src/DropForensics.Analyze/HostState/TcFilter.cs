namespace DropForensics.Analyze.HostState;

/// <summary>A filter of traffic control and one of its actions, by their own count. Several filters may share an action, which then counts for all of them.</summary>
/// <param name="Netns">Its network namespace.</param>
/// <param name="Interface">Where it is.</param>
/// <param name="Parent"><c>ingress</c>, <c>egress</c>, or the queueing discipline whose filter it is: <c>1:</c>.</param>
/// <param name="Kind"><c>flower</c>, <c>u32</c>, <c>bpf</c>.</param>
/// <param name="Priority">As tc shows it after <c>pref</c>.</param>
/// <param name="Handle">Its number there.</param>
internal sealed record TcFilter(long Netns, string Interface, string Parent, string Kind, string Priority, string Handle)
{
    /// <summary>What it matches; of a BPF program its name. Null: not known.</summary>
    public string? What { get; init; }

    /// <summary><c>gact</c>; null where it has none.</summary>
    public string? Action { get; init; }

    public string? Index { get; init; }

    /// <summary><c>drop</c>; null where the action says none, or it is not known.</summary>
    public string? Verdict { get; init; }

    /// <summary>How many packets the action dropped between the two readings; null where that is not counted.</summary>
    public long? Dropped { get; init; }

    /// <summary>Whether it drops without a count, as far as was listed.</summary>
    public bool MayDropUncounted => Dropped is null && Verdict is "drop" or "by the program";

    /// <summary><c>tc filter pref 5 handle 0x1 of `eth0` ingress</c></summary>
    public string Name => $"tc filter pref {Priority} handle {Handle} of `{Interface}` {Parent}";

    /// <summary>The same for a search: <c>tc/eth0/ingress/5/0x1</c>.</summary>
    public string Path => $"tc/{Interface}/{Parent}/{Priority}/{Handle}";

    /// <summary>The same with what it matches and does.</summary>
    public string Words => $"{Name} ({string.Join(", ", new[] { $"`{Kind}{(What is null ? "" : $" {What}")}`", Action is null ? null : $"action `{Action}{(Verdict is null ? "" : $" {Verdict}")}`" }.OfType<string>())})";

    /// <summary>What two readings of <c>filters.tsv</c> show.</summary>
    /// <param name="netns">Of the tables.</param>
    /// <param name="before">Null: not known.</param>
    /// <param name="after">As it was last.</param>
    public static IEnumerable<TcFilter> Parse(long netns, TsvText? before, TsvText after)
    {
        Dictionary<string, long?> earlier = (before?.Rows ?? []).DistinctBy(Key).ToDictionary(Key, row => row.Number("drops"));
        return after.Rows.Where(row => row.Text("interface") is not null).Select(row =>
            new TcFilter(netns, row.Text("interface") ?? "", row.Text("parent") ?? "", row.Text("kind") ?? "", row.Text("priority") ?? "", row.Text("handle") ?? "")
            {
                What = row.Text("what"),
                Action = row.Text("action"),
                Index = row.Text("index"),
                Verdict = row.Text("verdict"),
                Dropped = earlier.GetValueOrDefault(Key(row)) is { } then && row.Number("drops") is { } now && now >= then ? now - then : null,
            });

        // All that does not count.
        static string Key(TsvRow row) => string.Join('\t', Columns.Select(column => row.Text(column) ?? "-"));
    }

    private static readonly string[] Columns = ["interface", "parent", "priority", "protocol", "chain", "kind", "handle", "what", "action", "index", "verdict"];
}

/// <summary>A BPF program attached by tcx, which is in no list of filters.</summary>
/// <param name="Netns">Of its interface.</param>
/// <param name="Interface">Where it is.</param>
/// <param name="Direction"><c>ingress</c>, <c>egress</c>.</param>
/// <param name="Program">Its id.</param>
internal sealed record TcxProgram(long Netns, string Interface, string Direction, string Program)
{
    /// <summary>The same in words; backticks mark names.</summary>
    public string Words => $"the BPF program {Program} that tcx attached to `{Interface}`";

    public static IEnumerable<TcxProgram> Parse(long netns, TsvText text) => text.Rows.Where(row => row.Text("interface") is not null)
        .Select(row => new TcxProgram(netns, row.Text("interface") ?? "", row.Text("direction") ?? "", row.Text("program") ?? ""));
}
