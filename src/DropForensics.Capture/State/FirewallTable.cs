using System.Globalization;
using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Capture.Rules;

namespace DropForensics.Capture.State;

/// <summary>
/// The file <c>firewall.tsv</c> of the network namespace that the calling thread is in: each chain with its hook and policy, then each of its rules with
/// its counter, its verdict and its text.
/// </summary>
internal static class FirewallTable
{
    /// <summary>Its name among a capture's artifacts.</summary>
    public const string Path = "firewall.tsv";

    private const int MostRules = 4_000, MostBytes = 256 * 1024;

    /// <returns>Null where there are no rules; no module is loaded to find that out.</returns>
    /// <exception cref="IOException">The kernel would not answer.</exception>
    public static byte[]? Read(HostRoot host)
    {
        var table = new TsvTable(MostBytes, "kind", "family", "table", "chain", "rule", "hook", "priority", "policy", "packets", "bytes", "verdict", "text");
        AddNfTables(host, table);
        AddIpTables(host, table, new IpTables("ip"), "ip");
        AddIpTables(host, table, new IpTables("ip6"), "ip6");
        return table.Rows == 0 ? null : table.Bytes();
    }

    private static void AddNfTables(HostRoot host, TsvTable table)
    {
        if (DiagModules.WouldLoad(host, "nf_tables") is not null) return;
        var chains = NetlinkDump<NfChain>.Read(RouteNetlink.Netfilter, NfTables.GetChain, NfTables.AnyFamily, MostRules, NfChain.TryParse);
        if (chains.Rows.Count == 0) return;
        var rules = NetlinkDump<NfRule>.Read(RouteNetlink.Netfilter, NfTables.GetRule, NfTables.AnyFamily, MostRules, NfRule.TryParse);
        var byChain = rules.Rows.ToLookup(rule => (rule.Family, rule.Table, rule.Chain));
        foreach (var chain in chains.Rows)
        {
            table.Add(
                "nft", chain.Family, chain.Table, chain.Name, null, chain.Hook, Text(chain.Priority), chain.Policy, Text(chain.Packets), Text(chain.Bytes), null, chain.Device is { } device ? $"device {device}" : null);
            foreach (var rule in byChain[(chain.Family, chain.Table, chain.Name)])
            {
                table.Add(
                    "nft", rule.Family, rule.Table, rule.Chain, Text(rule.Handle), null, null, null, Text(rule.Packets), Text(rule.Bytes), rule.Verdict, rule.Text);
            }
        }

        if (chains.IsCut || rules.IsCut) table.Remark($"more chains or rules of nftables than the {MostRules} that are listed here");
        if (!chains.IsConsistent || !rules.IsConsistent) table.Remark("the rules changed each time they were listed");
    }

    // Each numbered as iptables does.
    private static void AddIpTables(HostRoot host, TsvTable table, IpTables tables, string family)
    {
        foreach (var name in (host.TryReadText(tables.NamesPath) ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (tables.Read(name) is not { } chains)
            {
                table.Remark($"the table {name} of iptables ({family}) is too large to be listed");
                continue;
            }

            foreach (var chain in chains)
            {
                table.Add("iptables", family, name, chain.Name, null, chain.Hook, null, chain.Policy, Text(chain.Packets), Text(chain.Bytes), null, null);
                for (var i = 0; i < chain.Rules.Count && i < MostRules; i++)
                {
                    var rule = chain.Rules[i];
                    table.Add("iptables", family, name, chain.Name, Text(i + 1), null, null, null, Text(rule.Packets), Text(rule.Bytes), rule.Verdict, rule.Text);
                }
            }
        }
    }

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
