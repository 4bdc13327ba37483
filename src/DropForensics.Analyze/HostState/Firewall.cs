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

    /// <summary><c>`inet fw in`</c>, as the program nft addresses it; <c>`INPUT`</c> of iptables, with its table where that is not <c>filter</c>.</summary>
    public string Words => Kind == "nft" ? $"`{Family} {Table} {Name}`" : $"`{(Family == "ip6" ? "ip6tables" : "iptables")}{(Table == "filter" ? "" : $" -t {Table}")} {Name}`";

    /// <summary>The command that lists it; null where its names mean something to a shell.</summary>
    public string? Listing => !new[] { Family, Table, Name }.All(name => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')) ? null
        : Kind == "nft" ? $"nft -a list chain {Family} {Table} {Name}" : $"{(Family == "ip6" ? "ip6tables" : "iptables")} -t {Table} -nvxL {Name} --line-numbers";

    public bool IsAt(FirewallHook hook) => Hook == hook.Name && (hook.IsNft != true || Kind == "nft") && (Family == hook.Family || (Family == "inet" && (hook.Family is "ip" or "ip6" || hook.Name is "ingress" or "egress")));
}

/// <summary>A rule of a chain.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="Handle">Its number in the table, as <c>nft -a</c> shows it; of iptables its number in the chain.</param>
/// <param name="Verdict"><c>drop</c>, <c>jump other</c>; null where a packet goes on to the next rule.</param>
/// <param name="Text">Its text.</param>
internal sealed record FirewallRule(FirewallChain Chain, long Handle, string? Verdict, string Text)
{
    /// <summary>How many packets it counted between the two readings; null where it does not count, or is new.</summary>
    public long? Counted { get; init; }

    /// <summary>Where a packet may go on from here.</summary>
    public string? NextChain => Verdict?.Split(' ') is ["jump" or "goto", var next] ? next : null;

    /// <summary>Whether it may drop packets: one with a map of verdicts may.</summary>
    public bool MayDrop => Verdict is "drop" or "reject" or "map" or "xt target \"DROP\"" or "xt target \"REJECT\"";
}

/// <summary>What may have dropped a packet: a rule, or the policy of a chain whose rules all passed it.</summary>
internal sealed record FirewallSuspect(FirewallChain Chain, FirewallRule? Rule)
{
    /// <summary>How many packets it took between the two readings; null where that is not counted.</summary>
    public long? Counted => Rule is null ? Chain.Counted : Rule.Counted;

    public string Words => Rule is { } rule ? $"rule {rule.Handle} of {Chain.Words}: `{rule.Text}`" : $"the policy of {Chain.Words}";
}

/// <summary>The firewall rules of the host as they were last, and what they counted during the window.</summary>
internal sealed class Firewall
{
    private readonly List<FirewallChain> _chains = [];
    private readonly ILookup<FirewallChain, FirewallRule> _rules;

    /// <param name="tables">By network namespace: before, where it is known, and after.</param>
    public Firewall(IEnumerable<(long Netns, TsvText? Before, TsvText After)> tables)
    {
        List<FirewallRule> rules = [];
        foreach ((long netns, TsvText? before, TsvText after) in tables)
        {
            var earlier = new Dictionary<(string?, string?, string?, string?, long), long?>();
            foreach (TsvRow row in before?.Rows ?? []) earlier.TryAdd(Key(row), row.Number("packets"));
            var chains = new Dictionary<(string?, string?, string?, string?), FirewallChain>();
            foreach (TsvRow row in after.Rows.Where(row => row.Text("rule") is null && row.Text("chain") is not null))
            {
                var chain = new FirewallChain(row.Text("kind") ?? "", netns, row.Text("family") ?? "", row.Text("table") ?? "", row.Text("chain") ?? "")
                {
                    Hook = row.Text("hook"),
                    Policy = row.Text("policy"),
                    Counted = Grown(earlier, row),
                };
                if (chains.TryAdd(ChainOf(row), chain)) _chains.Add(chain);
            }

            foreach (TsvRow row in after.Rows)
            {
                if (row.Number("rule") is not { } handle || !chains.TryGetValue(ChainOf(row), out FirewallChain? chain)) continue;
                rules.Add(new FirewallRule(chain, handle, row.Text("verdict"), row.Text("text") ?? "") { Counted = Grown(earlier, row) });
            }
        }

        _rules = rules.ToLookup(rule => rule.Chain);
    }

    public IReadOnlyList<FirewallChain> Chains => _chains;

    /// <summary>Rules that drop, and counted packets in the window: the most first.</summary>
    public IReadOnlyList<FirewallRule> Dropping => [.. _rules.SelectMany(rules => rules).Where(rule => rule is { MayDrop: true, Counted: > 0 }).OrderByDescending(rule => rule.Counted)];

    /// <summary>All that may drop packets at a hook, in the order of the chains.</summary>
    /// <param name="netns">The packets' network namespace; null where it is not known: then those of all.</param>
    /// <param name="hook">The hook.</param>
    public IReadOnlyList<FirewallSuspect> At(long? netns, FirewallHook hook)
    {
        var seen = new HashSet<FirewallChain>();
        List<FirewallSuspect> suspects = [];
        foreach (FirewallChain chain in _chains.Where(chain => (netns is null || chain.Netns == netns) && chain.IsAt(hook)))
        {
            Follow(chain);
            if (chain.Policy == "drop") suspects.Add(new FirewallSuspect(chain, null));
        }

        return suspects;

        void Follow(FirewallChain chain)
        {
            if (!seen.Add(chain)) return;
            foreach (FirewallRule rule in _rules[chain])
            {
                if (rule.MayDrop) suspects.Add(new FirewallSuspect(chain, rule));
                if (rule.NextChain is { } next && _chains.Find(each => (each.Kind, each.Netns, each.Family, each.Table, each.Name) == (chain.Kind, chain.Netns, chain.Family, chain.Table, next)) is { } target) Follow(target);
            }
        }
    }

    private static long? Grown(Dictionary<(string?, string?, string?, string?, long), long?> earlier, TsvRow row) =>
        earlier.GetValueOrDefault(Key(row)) is { } before && row.Number("packets") is { } after && after >= before ? after - before : null;

    private static (string? Kind, string? Family, string? Table, string? Chain) ChainOf(TsvRow row) => (row.Text("kind"), row.Text("family"), row.Text("table"), row.Text("chain"));

    private static (string?, string?, string?, string?, long) Key(TsvRow row) => (row.Text("kind"), row.Text("family"), row.Text("table"), row.Text("chain"), row.Number("rule") ?? -1);
}
