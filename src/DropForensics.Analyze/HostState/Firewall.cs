namespace DropForensics.Analyze.HostState;

/// <summary>A chain of firewall rules. Hook and policy are null for one that only other chains jump to.</summary>
/// <param name="Kind"><c>nft</c> or <c>iptables</c>.</param>
/// <param name="Netns">Its network namespace.</param>
/// <param name="Family"><c>inet</c>, <c>ip</c>.</param>
/// <param name="Table">Its table.</param>
/// <param name="Name">Its name in the table.</param>
internal sealed record FirewallChain(string Kind, long Netns, string Family, string Table, string Name)
{
    public string? Hook { get; init; }
    public string? Policy { get; init; }

    /// <summary>How many packets its policy took between the two readings; null where that is not counted.</summary>
    public long? Counted { get; init; }

    /// <summary><c>`inet fw in`</c>, as the program nft addresses it; <c>`iptables INPUT`</c>, with its table if that is not <c>filter</c>.</summary>
    public string Words => Kind == "nft" ? $"`{Family} {Table} {Name}`" : $"`{(Family == "ip6" ? "ip6tables" : "iptables")}{(Table == "filter" ? "" : $" -t {Table}")} {Name}`";

    /// <summary>The command that lists it; null if its names could mean something else to a shell or to the program.</summary>
    public string? Listing => !new[] { Family, Table, Name }.All(IsPlain) ? null
        : Kind == "nft" ? $"nft -a list chain {Family} {Table} {Name}" : $"{(Family == "ip6" ? "ip6tables" : "iptables")} -t {Table} -nvxL {Name} --line-numbers";

    /// <summary>Whether packets of a hook come to it first. Chains of single interfaces do not say here of which.</summary>
    public bool IsAt(FirewallHook hook) => Hook == hook.Name && (Family == hook.Family || (Family == "inet" && (hook.Family is "ip" or "ip6" || hook.Name is "ingress" or "egress")));

    private static bool IsPlain(string name) => name.Length > 0 && (char.IsAsciiLetterOrDigit(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}

/// <summary>A rule of a chain.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="Handle">Its number in the table, as <c>nft -a</c> shows it; of iptables its number in the chain.</param>
/// <param name="Verdict"><c>drop</c>, <c>jump other</c>; null if a packet goes on to the next rule.</param>
/// <param name="Text">Its text.</param>
internal sealed record FirewallRule(FirewallChain Chain, long Handle, string? Verdict, string Text)
{
    /// <summary>How many packets it decided on between the two readings; null if it does not count them, or was not there before.</summary>
    public long? Counted { get; init; }

    /// <summary>A map says what it does with a packet, so its counter tells of no verdict: <c>map accept,drop</c>, or <c>map</c> if that is not known.</summary>
    public bool IsMap => Verdict is "map" || Verdict?.StartsWith("map ", StringComparison.Ordinal) == true;

    private string[] Verdicts => IsMap ? (Verdict ?? "")["map".Length..].Trim().Split(',') : [Verdict ?? ""];

    /// <summary>The chains where a packet may go on from here.</summary>
    public IEnumerable<string> NextChains => Verdicts.Select(each => each.Split(' ')).Where(each => each is ["jump" or "goto", _]).Select(each => each[1]);

    /// <summary><c>rule `inet fw in handle 7`</c>, as the program nft addresses it; <c>rule 3 of `iptables INPUT`</c>.</summary>
    public string Name => Chain.Kind == "nft" ? $"rule {Chain.Words.TrimEnd('`')} handle {Handle}`" : $"rule {Handle} of {Chain.Words}";

    public bool MayDrop => Verdict is "reject" or "map" || Verdicts.Contains("drop") || Verdict is "xt target \"DROP\"" or "xt target \"REJECT\"";
}

/// <summary>What may have dropped a packet: a rule, or the policy of a chain (then <paramref name="Rule"/> is null).</summary>
internal sealed record FirewallSuspect(FirewallChain Chain, FirewallRule? Rule)
{
    /// <summary>How many packets it took between the two readings; null if that is not counted.</summary>
    public long? Counted => Rule is null ? Chain.Counted : Rule.Counted;

    /// <summary>The same for a search: <c>inet/fw/in/7</c>, <c>iptables/filter/INPUT/policy</c>.</summary>
    public string Path => $"{(Chain.Kind == "nft" ? Chain.Family : Chain.Family == "ip6" ? "ip6tables" : "iptables")}/{Chain.Table}/{Chain.Name}/{(Rule is { } rule ? $"{rule.Handle}" : "policy")}";

    public string Words => Rule is { } rule ? $"{rule.Name}: `{rule.Text}`" : $"the policy of {Chain.Words}";
}

/// <summary>The firewall rules of the host as they were last, and what they counted during the window.</summary>
internal sealed class Firewall
{
    private readonly Dictionary<FirewallChainKey, FirewallChain> _chains = [];
    private readonly Dictionary<FirewallChainKey, List<FirewallRule>> _rules = [];
    private readonly HashSet<long> _incomplete = [];

    /// <param name="tables">By network namespace: before the window (null: not known) and after it.</param>
    public Firewall(IEnumerable<(long Netns, TsvText? Before, TsvText After)> tables)
    {
        foreach ((long netns, TsvText? before, TsvText after) in tables)
        {
            if (after.Remarks.Count > 0) _incomplete.Add(netns);
            Dictionary<FirewallRowKey, long?> earlier = FirewallRowKey.Of(before?.Rows ?? []).DistinctBy(row => row.Key).ToDictionary(row => row.Key, row => row.Row.Number("packets"));
            foreach ((FirewallRowKey key, TsvRow row) in FirewallRowKey.Of(after.Rows))
            {
                var chainKey = new FirewallChainKey(netns, key.Kind, key.Family, key.Table, key.Chain);
                if (row.Text("rule") is null)
                {
                    _chains.TryAdd(chainKey, new FirewallChain(key.Kind, netns, key.Family, key.Table, key.Chain) { Hook = row.Text("hook"), Policy = row.Text("policy"), Counted = Grown(key, row) });
                }
                else if (row.Number("rule") is { } handle && _chains.TryGetValue(chainKey, out FirewallChain? chain))
                {
                    if (!_rules.TryGetValue(chainKey, out List<FirewallRule>? rules)) _rules[chainKey] = rules = [];
                    var rule = new FirewallRule(chain, handle, row.Text("verdict"), row.Text("text") ?? "");
                    rules.Add(rule with { Counted = rule.IsMap ? null : Grown(key, row) });
                }
            }

            long? Grown(FirewallRowKey key, TsvRow row) => earlier.GetValueOrDefault(key) is { } then && row.Number("packets") is { } now && now >= then ? now - then : null;
        }
    }

    /// <summary>Whether any chain is known.</summary>
    public bool IsKnown => _chains.Count > 0;

    /// <summary>Rules that drop, and counted packets in the window: the most first.</summary>
    public IReadOnlyList<FirewallRule> Dropping => [.. _rules.Values.SelectMany(rules => rules).Where(rule => rule is { MayDrop: true, Counted: > 0 }).OrderByDescending(rule => rule.Counted)];

    /// <summary>Whether all rules of a network namespace were listed; null: of all namespaces that were.</summary>
    public bool IsComplete(long? netns) => netns is { } one ? !_incomplete.Contains(one) : _incomplete.Count == 0;

    /// <summary>All that may drop packets at a hook, in the order of the chains.</summary>
    /// <param name="netns">The packets' network namespace; null if it is not known: then all namespaces.</param>
    /// <param name="hook">The hook.</param>
    /// <param name="isNft">True: only rules of nftables; false: only others; null: all.</param>
    public IReadOnlyList<FirewallSuspect> At(long? netns, FirewallHook hook, bool? isNft)
    {
        List<FirewallSuspect> suspects = [];
        var seen = new HashSet<FirewallChainKey>();
        foreach ((FirewallChainKey key, FirewallChain chain) in _chains)
        {
            if ((netns is not null && key.Netns != netns) || !chain.IsAt(hook) || (isNft is { } nft && nft != (chain.Kind == "nft"))) continue;
            var open = new Queue<FirewallChainKey>([key]);
            while (open.TryDequeue(out FirewallChainKey? next))
            {
                if (!seen.Add(next)) continue;
                foreach (FirewallRule rule in _rules.GetValueOrDefault(next) ?? [])
                {
                    if (rule.MayDrop) suspects.Add(new FirewallSuspect(rule.Chain, rule));
                    foreach (FirewallChainKey jump in Next(next, rule)) open.Enqueue(jump);
                }
            }

            if (chain.Policy == "drop") suspects.Add(new FirewallSuspect(chain, null));
        }

        return suspects;
    }

    // A map that could not be read may jump to any chain of its table that hangs on no hook.
    private IEnumerable<FirewallChainKey> Next(FirewallChainKey here, FirewallRule rule) => rule.Verdict == "map"
        ? _chains.Where(each => each.Value.Hook is null && each.Key with { Chain = "" } == here with { Chain = "" }).Select(each => each.Key)
        : rule.NextChains.Select(next => here with { Chain = next }).Where(_chains.ContainsKey);
}

/// <summary>What a chain is found by.</summary>
internal sealed record FirewallChainKey(long Netns, string Kind, string Family, string Table, string Chain);

/// <summary>
/// What tells whether a row of two readings is the same rule. Its text is part of it: numbers of iptables are positions, which move when a rule comes or goes,
/// and handles of nftables begin anew with a new table.
/// </summary>
internal sealed record FirewallRowKey(string Kind, string Family, string Table, string Chain, long? Handle, string Text, int Nth)
{
    public static IEnumerable<(FirewallRowKey Key, TsvRow Row)> Of(IEnumerable<TsvRow> rows)
    {
        var alike = new Dictionary<FirewallRowKey, int>();
        foreach (TsvRow row in rows)
        {
            if (row.Text("chain") is not { } chain) continue;
            string kind = row.Text("kind") ?? "";
            var key = new FirewallRowKey(kind, row.Text("family") ?? "", row.Text("table") ?? "", chain, kind == "nft" ? row.Number("rule") : row.Text("rule") is null ? null : 0, $"{row.Text("verdict")} {row.Text("text")}", 0);
            int nth = alike[key] = alike.GetValueOrDefault(key) + 1;
            yield return (key with { Nth = nth }, row);
        }
    }
}
