using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>
/// Which firewall rule dropped packets. A drop shows the hook at which the firewall was asked; the host's list of rules shows what may drop there, and the
/// counters of rules, what did.
/// </summary>
internal static class RuleEvidence
{
    private const int Named = 3;

    /// <summary>A rule that counted this part of the drops is named in the title.</summary>
    private const double Bulk = 0.5;

    /// <summary>The finding with what is known of its rules; the same where nothing is.</summary>
    public static Finding AddTo(CaptureFacts facts, Finding cause)
    {
        if (facts.Host.Firewall.Chains.Count == 0) return cause;
        List<AtHook> hooks = [.. cause.Sites.SelectMany(site => site.Site.Hooks).GroupBy(each => (each.Netns, each.Hook), each => each.Drops)
            .Select(each => new AtHook([each.Key.Hook], each.Sum(), facts.Host.Firewall.At(each.Key.Netns, each.Key.Hook))).OrderByDescending(each => each.Drops)];
        if (hooks.Count == 0) return cause;

        // Of a rule that is asked at two of these hooks nobody knows how many it counted at each.
        bool isShared = hooks.SelectMany(each => each.Counted).GroupBy(suspect => suspect).Any(same => same.Count() > 1);
        if (isShared) hooks = [new AtHook([.. hooks.SelectMany(each => each.Hooks).Distinct()], hooks.Sum(each => each.Drops), [.. hooks.SelectMany(each => each.Suspects).Distinct()])];
        long drops = hooks.Sum(each => each.Drops);
        FirewallSuspect? culprit = hooks.SelectMany(each => each.Culprits).FirstOrDefault(each => each.Drops >= Bulk * drops).Suspect;
        return cause with
        {
            Title = culprit is null ? cause.Title : $"{cause.Title.TrimEnd('.')}; {Short(culprit)}.",
            Evidence = [.. hooks.SelectMany(each => each.Counted).Distinct().OrderByDescending(suspect => suspect.Counted).Take(Named).Select(Sentence), .. hooks.Select(Sentence).OfType<TextEvidence>(), .. cause.Evidence],
            Checks = culprit is { Chain: var chain } && chain.Listing is { } command
                ? CheckFiller.AddFirst(facts, cause.Checks, chain.Netns, new KnownCheck(command, culprit.Rule is { } rule ? $"the chain with rule {rule.Handle}, and what it counts" : "the chain whose policy drops them"))
                : cause.Checks,
        };
    }

    private static TextEvidence Sentence(FirewallSuspect suspect) => new(suspect.Rule is { } rule
        ? $"Firewall rule {rule.Handle} of {rule.Chain.Words} counted {Count(rule.Counted ?? 0, "packet")} during the capture: `{rule.Text}`."
        : $"The policy of {suspect.Chain.Words} counted {Count(suspect.Counted ?? 0, "packet")} during the capture: no rule of the chain decided on them.");

    private static TextEvidence? Sentence(AtHook at)
    {
        if (at.Rest <= 0) return null;
        string packets = $"{(at.Counted.Count > 0 ? "The other " : "")}{Count(at.Rest, "packet")} dropped at the hook{(at.Hooks.Count > 1 ? "s" : "")} {string.Join(", ", at.Hooks.Select(hook => $"`{hook.Family} {hook.Name}`"))}";
        return new TextEvidence(at.Silent switch
        {
            [] => $"{packets} met no rule that drops, as far as the host's rules were listed.",
            [var only] => $"{packets} met {only.Words}: of the rules that were listed, nothing else drops there{(at.Counted.Count > 0 ? " without counting" : "")}.",
            var all => $"{packets} met one of {Count(all.Count, "rule")} and policies that drop there without counting: {string.Join("; ", all.Take(Named).Select(each => each.Words))}{(all.Count > Named ? "; and others" : "")}. With `counter` in each rule, the next capture shows which.",
        });
    }

    /// <summary>Drops at hooks, and what may have dropped them.</summary>
    private sealed record AtHook(IReadOnlyList<FirewallHook> Hooks, long Drops, IReadOnlyList<FirewallSuspect> Suspects)
    {
        /// <summary>What counted packets, the most first.</summary>
        public List<FirewallSuspect> Counted { get; } = [.. Suspects.Where(each => each.Counted > 0).OrderByDescending(each => each.Counted)];

        /// <summary>What does not count.</summary>
        public List<FirewallSuspect> Silent { get; } = [.. Suspects.Where(each => each.Counted is null)];

        /// <summary>Drops that no rule counted.</summary>
        public long Rest => Drops - Counted.Sum(each => each.Counted ?? 0);

        public IEnumerable<(FirewallSuspect Suspect, long Drops)> Culprits =>
            [.. Counted.Select(each => (each, each.Counted ?? 0)), .. Silent is [var only] ? [(only, Rest)] : Array.Empty<(FirewallSuspect, long)>()];
    }

    private static string Short(FirewallSuspect suspect) => suspect.Rule is { } rule ? $"rule {rule.Handle} of {suspect.Chain.Words}" : $"the policy of {suspect.Chain.Words}";
}
