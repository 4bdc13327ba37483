using System.Globalization;
using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Capture.Rules;

namespace DropForensics.Capture.State;

/// <summary>
/// The file <c>firewall.tsv</c> of the network namespace that the calling thread is in: chains with their hooks and policies, then rules with
/// their counters, verdicts and texts.
/// </summary>
internal sealed class FirewallTable
{
    /// <summary>Its name among a capture's artifacts.</summary>
    public const string Path = "firewall.tsv";

    private const int MostRules = 4_000, MostBytes = 256 * 1024;

    private readonly TsvTable _table = new(MostBytes, "kind", "family", "table", "chain", "rule", "hook", "priority", "policy", "packets", "bytes", "verdict", "text");
    private readonly List<Action> _rules = [];

    /// <returns>Null where there are no rules; no module is loaded to find that out.</returns>
    public static byte[]? Read(HostRoot host)
    {
        var table = new FirewallTable();
        table.Try("nftables", () => table.AddNfTables(host));
        foreach (IpTables? tables in new[] { new IpTables("ip"), new IpTables("ip6") })
        {
            foreach (string name in (host.TryReadText(tables.NamesPath) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
                table.Try($"the table {name} of iptables ({tables.Family})", () => table.AddIpTable(tables, name));
        }

        // Chains first: without its rules a chain still says where it hangs, and what its policy is.
        foreach (Action rules in table._rules) rules();
        return table._table.Rows == 0 ? null : table._table.Bytes();
    }

    private void Try(string what, Action read)
    {
        try
        {
            read();
        }
        catch (IOException e)
        {
            _table.Remark($"{what} could not be listed: {e.Message}");
        }
    }

    private void AddNfTables(HostRoot host)
    {
        if (DiagModules.WouldLoad(host, "nf_tables") is not null) return;
        var chains = NetlinkDump<NfChain>.Read(RouteNetlink.Netfilter, NfTables.GetChain, NfTables.AnyFamily, MostRules, NfChain.TryParse);
        if (chains.Rows.Count == 0) return;
        foreach (NfChain chain in chains.Rows)
            _table.Add("nft", chain.Family, chain.Table, chain.Name, null, chain.Hook, Text(chain.Priority), chain.Policy, Text(chain.Packets), Text(chain.Bytes), null, chain.Devices is { } devices ? $"device {devices}" : null);

        var sets = new NfSets();
        var rules = NetlinkDump<NfRule>.Read(RouteNetlink.Netfilter, NfTables.GetRule, NfTables.AnyFamily, MostRules, body => NfRule.TryParse(body, sets));
        _rules.Add(() =>
        {
            foreach (NfRule rule in rules.Rows)
                _table.Add("nft", rule.Family, rule.Table, rule.Chain, Text(rule.Handle), null, null, null, Text(rule.Packets), Text(rule.Bytes), rule.Verdict, rule.Text);
        });
        if (chains.IsCut || rules.IsCut) _table.Remark($"more chains or rules of nftables than the {MostRules} that are listed here");
        if (!chains.IsConsistent || !rules.IsConsistent) _table.Remark("the rules changed each time they were listed");
    }

    // Rules have the numbers that iptables --line-numbers shows.
    private void AddIpTable(IpTables tables, string name)
    {
        if (tables.Read(name) is not { } chains)
        {
            _table.Remark($"the table {name} of iptables ({tables.Family}) is too large to be listed");
            return;
        }

        foreach (IpChain chain in chains)
        {
            _table.Add("iptables", tables.Family, name, chain.Name, null, chain.Hook, null, chain.Policy, Text(chain.Packets), Text(chain.Bytes), null, null);
            _rules.Add(() =>
            {
                for (int i = 0; i < chain.Rules.Count; i++)
                {
                    if (_table.IsFull)
                    {
                        _table.LeaveOut();
                        continue;
                    }

                    IpRule rule = chain.Rules[i];
                    _table.Add("iptables", tables.Family, name, chain.Name, Text(i + 1), null, null, null, Text(rule.Packets), Text(rule.Bytes), rule.Verdict, rule.Write());
                }
            });
        }
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
