namespace DropForensics.Analyze.HostState;

/// <summary>A chain of firewall rules. Hook and policy are null for one that only other chains jump to.</summary>
internal sealed record FirewallChain(long Netns, string Family, string Table, string Name)
{
    public string? Hook { get; init; }
    public string? Policy { get; init; }

    /// <summary><c>`inet fw in`</c>, as the program nft addresses it.</summary>
    public string Words => $"`{Family} {Table} {Name}`";

    public bool IsAt(FirewallHook hook) => Hook == hook.Name && (Family == hook.Family || (Family == "inet" && (hook.Family is "ip" or "ip6" || hook.Name is "ingress" or "egress")));
}

/// <summary>A rule of a chain.</summary>
/// <param name="Chain">Its chain.</param>
/// <param name="Handle">Its number in the table, as <c>nft -a</c> shows it.</param>
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
            var earlier = new Dictionary<(string?, string?, string?, long), long?>();
            foreach (TsvRow row in before?.Rows ?? []) earlier.TryAdd(Key(row), row.Number("packets"));
            var chains = new Dictionary<(string?, string?, string?), FirewallChain>();
            foreach (TsvRow row in after.Rows.Where(row => row.Text("rule") is null && row.Text("chain") is not null))
            {
                var chain = new FirewallChain(netns, row.Text("family") ?? "", row.Text("table") ?? "", row.Text("chain") ?? "") { Hook = row.Text("hook"), Policy = row.Text("policy") };
                if (chains.TryAdd((row.Text("family"), row.Text("table"), row.Text("chain")), chain)) _chains.Add(chain);
            }

            foreach (TsvRow row in after.Rows)
            {
                if (row.Number("rule") is not { } handle || !chains.TryGetValue((row.Text("family"), row.Text("table"), row.Text("chain")), out FirewallChain? chain)) continue;
                long? packets = row.Number("packets");
                bool wasThere = earlier.TryGetValue(Key(row), out long? then);
                rules.Add(new FirewallRule(chain, handle, row.Text("verdict"), row.Text("text") ?? "")
                {
                    Counted = wasThere && then is { } start && packets >= start ? packets - start : null,
                });
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
                if (rule.NextChain is { } next && _chains.Find(each => each with { Hook = null, Policy = null } == chain with { Name = next, Hook = null, Policy = null }) is { } target) Follow(target);
            }
        }
    }

    private static (string?, string?, string?, long) Key(TsvRow row) => (row.Text("family"), row.Text("table"), row.Text("chain"), row.Number("rule") ?? -1);
}
