using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>
/// Which firewall rule dropped packets. A drop shows the hook at which the firewall was asked; the host's list of rules shows what may drop there; and the
/// counters of the rules show what did.
/// </summary>
internal static class RuleEvidence
{
    private const int Named = 3;

    /// <summary>A rule that counted at least this part of the drops is named in the title.</summary>
    private const double Bulk = 0.5;

    // Linux 6.7: a chain of nftables frees the packet itself, so it is on the stack (net/netfilter/nf_tables_core.c). Some older kernels have the change too, and
    // then their stacks show it.
    private static readonly KernelVersion NftIsOnTheStack = new(6, 7);

    /// <summary>The finding with what is known of its rules; the same finding if nothing is.</summary>
    public static Finding AddTo(CaptureFacts facts, Finding cause)
    {
        List<AtHook> hooks = HooksOf(facts, cause);
        if (hooks.Count == 0) return cause;
        long drops = hooks.Sum(each => each.Drops);
        (FirewallSuspect? culprit, long its) = hooks.SelectMany(each => each.Culprits).FirstOrDefault(each => each.Drops >= Bulk * drops);
        return cause with
        {
            Title = culprit is null ? cause.Title : $"{cause.Title.TrimEnd('.')}; {(its >= cause.Drops ? "all" : Percent((double)its / cause.Drops))} by {Short(culprit)}.",
            Evidence = [.. hooks.SelectMany(each => each.Counted).Distinct().OrderByDescending(suspect => suspect.Counted).Take(Named).Select(Sentence), .. hooks.Select(Sentence).OfType<TextEvidence>(), .. cause.Evidence],
            Checks = culprit is { Chain: var chain } && chain.Listing is { } command
                ? CheckFiller.AddFirst(facts, cause.Checks, chain.Netns, new KnownCheck(command, culprit.Rule is { } rule ? $"the chain; {rule.Handle} is the rule's {(chain.Kind == "nft" ? "handle" : "number")}" : "the chain whose policy drops them"))
                : cause.Checks,
        };
    }

    /// <summary>What dropped every packet of a namespace at a hook, where that is one thing, and nothing else that was listed can have dropped any of them.</summary>
    public static IReadOnlyDictionary<HookKey, FirewallSuspect> Sure(CaptureFacts facts, Finding cause) => HooksOf(facts, cause)
        .Select(at => (at.Keys, at.Only)).Where(at => at.Only is not null && !facts.IsIncomplete).SelectMany(at => at.Keys.Select(key => (key, at.Only)))
        .ToDictionary(each => each.key, each => each.Only!); // not null by the filter

    private static List<AtHook> HooksOf(CaptureFacts facts, Finding cause)
    {
        if (!facts.Host.IsKept) return [];
        List<HookFacts> asked = [.. cause.Sites.SelectMany(site => site.Site.Hooks)];
        bool isOnTheStack = (KernelVersion.Parse(facts.Capture.KernelRelease) is { } version && !(version < NftIsOnTheStack)) || asked.Exists(each => each.Hook.IsNft == true);
        List<AtHook> hooks = [.. asked.GroupBy(each => new HookKey(each.Netns, each.Hook), each => each.Drops)
            .Select(each => AtHook.Of(facts, each.Key, each.Sum(), each.Key.Hook.IsNft ?? (isOnTheStack ? false : null))).OrderByDescending(each => each.Drops)];
        if (!facts.Host.Firewall.IsKnown) hooks.RemoveAll(each => each.WhyUnknown is null);

        // A rule that packets of two of these hooks reach counts both together.
        HashSet<FirewallSuspect> shared = [.. hooks.SelectMany(each => each.Counted).GroupBy(suspect => suspect).Where(same => same.Count() > 1).Select(same => same.Key)];
        return shared.Count == 0 ? hooks : [AtHook.Together(hooks.FindAll(each => each.Counted.Exists(shared.Contains))), .. hooks.FindAll(each => !each.Counted.Exists(shared.Contains))];
    }

    private static TextEvidence Sentence(FirewallSuspect suspect) => new(suspect.Rule is { } rule
        ? $"Firewall {rule.Name} counted {Count(rule.Counted ?? 0, "packet")} during the capture: `{rule.Text}`."
        : $"The policy of {suspect.Chain.Words} counted {Count(suspect.Counted ?? 0, "packet")} during the capture: no rule of the chain decided on them.");

    private static TextEvidence? Sentence(AtHook at)
    {
        string[] names = [.. at.Hooks.Select(hook => $"`{hook.Family} {hook.Name}`").Distinct()];
        string where = $"at the hook{(names.Length > 1 ? "s" : "")} {string.Join(", ", names)}";
        if (at.IsBeyond) return new TextEvidence($"These counted more than the {Count(at.Drops, "packet")} captured {where}: packets that the capture left out or missed, too.");
        if (at.Rest <= 0) return null;
        string packets = $"{(at.Counted.Count > 0 ? "The other " : "")}{Count(at.Rest, "packet")} dropped {where}";
        if (at.WhyUnknown is { } why) return new TextEvidence($"Which rule dropped {Count(at.Rest, "packet")} {where} is unknown: the firewall rules of their network namespace were not listed ({why}).");
        if (!at.IsComplete || (at.MayBeElsewhere && at.Silent.Count == 0)) return new TextEvidence($"{packets} met a rule that did not count, or one that is not in the list: it is incomplete.");
        return new TextEvidence(at.Silent switch
        {
            [] => $"{packets} met no rule that drops: none is listed there.",
            [{ Rule.IsMap: true } map] => $"{packets} may have met {map.Words}: of the rules that were listed, nothing else can drop there{(at.Counted.Count > 0 ? " without counting" : "")}.",
            [var only] => $"{packets} met {(at.IsNft ? "" : "most likely ")}{only.Words}: of the rules that were listed, nothing else drops there{(at.Counted.Count > 0 ? " without counting" : "")}.",
            var all => $"{packets} met one of {Count(all.Count, "rule")} and policies that may drop there without counting: {string.Join("; ", all.Take(Named).Select(each => each.Words))}{(all.Count > Named ? "; and others" : "")}. With `counter` in each rule, the next capture shows which.",
        });
    }

    private static string Short(FirewallSuspect suspect) => suspect.Rule is { } rule ? rule.Name : $"the policy of {suspect.Chain.Words}";

    /// <summary>Drops at hooks, and what may have dropped them.</summary>
    private sealed record AtHook(IReadOnlyList<HookKey> Keys, long Drops, IReadOnlyList<FirewallSuspect> Suspects, bool IsComplete)
    {
        // Between the readings and the window's ends rules count packets that are not captured.
        private const double Slack = 0.1;
        private const long LeastSlack = 10;

        public static AtHook Of(CaptureFacts facts, HookKey key, long drops, bool? isNft) =>
            new([key], drops, facts.Host.Firewall.At(key.Netns, key.Hook, isNft), facts.Host.Firewall.IsComplete(key.Netns))
            {
                WhyUnknown = key.Netns is null ? null : facts.Host.WhyNotListed(HostAtThatTime.Rules, key.Netns),
                MayBeElsewhere = key.Netns is null && facts.Host.WhyNotListed(HostAtThatTime.Rules, null) is not null,
            };

        public static AtHook Together(List<AtHook> all) => new(
            [.. all.SelectMany(each => each.Keys)], all.Sum(each => each.Drops), [.. all.SelectMany(each => each.Suspects).Distinct()], all.TrueForAll(each => each.IsComplete))
        {
            MayBeElsewhere = all.Exists(each => each.MayBeElsewhere),
        };

        public IEnumerable<FirewallHook> Hooks => Keys.Select(key => key.Hook).Distinct();

        /// <summary>Why no rule of the packets' network namespace is known; null where they were listed, or where the namespace is not known.</summary>
        public string? WhyUnknown { get; init; }

        /// <summary>The packets may be of a network namespace whose rules were not listed.</summary>
        public bool MayBeElsewhere { get; init; }

        /// <summary>What counted packets, the most first.</summary>
        public List<FirewallSuspect> Counted { get; } = [.. Suspects.Where(each => each.Counted > 0).OrderByDescending(each => each.Counted)];

        /// <summary>What does not count.</summary>
        public List<FirewallSuspect> Silent { get; } = [.. Suspects.Where(each => each.Counted is null)];

        /// <summary>A chain of nftables dropped them, no other part of netfilter.</summary>
        public bool IsNft => Hooks.All(hook => hook.IsNft == true);

        /// <summary>Drops that no rule counted.</summary>
        public long Rest => Drops - Counted.Sum(each => each.Counted ?? 0);

        /// <summary>More was counted than captured, so counters do not tell which of these drops are whose.</summary>
        public bool IsBeyond => Suspects.Count > 1 && -Rest > Math.Max(LeastSlack, Slack * Drops);

        /// <summary>What surely dropped, and how many.</summary>
        public IEnumerable<(FirewallSuspect Suspect, long Drops)> Culprits =>
        [
            .. IsBeyond ? [] : Counted.Select(each => (each, Math.Min(each.Counted ?? 0, Drops))),
            .. IsComplete && !MayBeElsewhere && IsNft && IsOneNamespace && !IsOfInterfaces && Silent is [{ Rule: null or { IsMap: false } } only] ? [(only, Rest)] : Array.Empty<(FirewallSuspect, long)>(),
        ];

        /// <summary>What dropped all of them; null where that may have been several.</summary>
        public FirewallSuspect? Only => !IsComplete || !IsOneNamespace || MayBeElsewhere || WhyUnknown is not null ? null : (Counted, Silent) switch
        {
            ([var only], []) when Rest <= 0 && !IsBeyond => only,
            ([], _) => Culprits.Select(each => each.Suspect).SingleOrDefault(),
            _ => null,
        };

        // Packets on their way out may point to no interface yet, and then to no namespace either.
        private bool IsOneNamespace => Suspects.Select(each => each.Chain.Netns).Distinct().Count() == 1;

        // Such a chain sees the packets of its own interfaces only.
        private bool IsOfInterfaces => Hooks.Any(hook => hook.Name is "ingress" or "egress");
    }
}

/// <summary>Where a firewall was asked: the network namespace of the packets' interface, null if it is not known, and the hook.</summary>
internal sealed record HookKey(long? Netns, FirewallHook Hook);
