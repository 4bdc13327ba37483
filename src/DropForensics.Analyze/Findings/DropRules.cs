using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>Which firewall rule, policy or tc filter dropped a packet: known where exactly one can have dropped all packets of its place.</summary>
internal sealed class DropRules
{
    private readonly IReadOnlyDictionary<long, FirewallHook> _hooks;
    private readonly Dictionary<HookKey, string> _byHook = [];
    private readonly Dictionary<(string? Function, string? Reason), string> _bySite = [];

    /// <param name="facts">The capture's.</param>
    public DropRules(CaptureFacts facts)
    {
        _hooks = facts.HooksOfSites;
        foreach (Finding cause in CauseFindings.Of(facts, [.. SiteMeaning.Of(facts, KnowledgeBase.Embedded)]))
        {
            if (cause.Id == "policy")
            {
                foreach ((HookKey hook, FirewallSuspect suspect) in RuleEvidence.Sure(facts, cause)) _byHook[hook] = suspect.Path;
            }
            else if (cause.Id == "tc-rule")
            {
                foreach ((SiteFacts site, TcFilter filter) in FilterEvidence.Sure(facts, cause)) _bySite[(site.Function, site.Reason)] = filter.Path;
            }
        }
    }

    /// <summary>The rule of a drop: <c>inet/fw/in/7</c>; null where it is not known for sure.</summary>
    /// <param name="site">Id of its site in the capture.</param>
    /// <param name="netns">Of the interface it points to; null if unknown.</param>
    /// <param name="function">The deciding function; null if unknown.</param>
    /// <param name="reason">Its reason; null if unknown.</param>
    public string? Of(long? site, long? netns, string? function, string? reason) =>
        site is { } id && _hooks.GetValueOrDefault(id) is { } hook && _byHook.GetValueOrDefault(new HookKey(netns, hook)) is { } rule ? rule : _bySite.GetValueOrDefault((function, reason));
}
