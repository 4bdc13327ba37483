using System.Net;

namespace DropForensics.Analyze.HostState;

/// <summary>
/// Where a network namespace sends packets to an address, by its tables <c>local</c>, <c>main</c> and <c>default</c>. With other routing rules, or an
/// incomplete list, nothing is known: they may choose another table by sender, mark or interface.
/// </summary>
internal sealed class RouteLookup
{
    private static readonly string[] UsualTables = ["local", "main", "default"];

    private readonly List<(IPNetwork To, Route Route)> _routes = [];

    /// <param name="routes">The file <c>routes.tsv</c>.</param>
    /// <param name="rules">The file <c>rules.tsv</c> of the same namespace.</param>
    public RouteLookup(TsvText routes, TsvText rules)
    {
        UsesMarks = rules.Rows.Any(row => row.Text("fwmark") is not null);
        IsKnown = rules.Rows.Count > 0 && routes.Remarks.Count == 0 && rules.Rows.All(IsUsual);
        foreach (TsvRow row in IsKnown ? routes.Rows : [])
        {
            if (row.Text("table") is { } table && UsualTables.Contains(table) && NetworkOf(row) is { } to)
                _routes.Add((to, new Route(row.Text("type") ?? "", table, row.Text("interface"), row.Text("gateway"), row.Number("metric") ?? 0, row.Number("mtu"), row.Text("hops") is not null)));
        }
    }

    /// <summary>A rule asks for a packet's mark.</summary>
    public bool UsesMarks { get; }

    /// <summary>Whether the tables alone tell where a packet goes.</summary>
    public bool IsKnown { get; }

    /// <summary>The route to an address; null if it is not known, or there is none.</summary>
    public Route? To(string address) => !IPAddress.TryParse(address, out IPAddress? parsed) ? null : _routes
        .Where(each => each.To.BaseAddress.AddressFamily == parsed.AddressFamily && each.To.Contains(parsed))
        .OrderBy(each => Array.IndexOf(UsualTables, each.Route.Table)).ThenByDescending(each => each.To.PrefixLength).ThenBy(each => each.Route.Metric)
        .Select(each => each.Route).FirstOrDefault();

    private static bool IsUsual(TsvRow row) => row.Text("table") is { } table && UsualTables.Contains(table)
        && row.Text("from") is null or "all" && ((string[])["to", "iif", "oif", "fwmark", "protocol", "sport", "dport"]).All(column => row.Text(column) is null);

    private static IPNetwork? NetworkOf(TsvRow row)
    {
        string destination = row.Text("destination") switch
        {
            "default" => row.Text("family") == "inet6" ? "::/0" : "0.0.0.0/0",
            { } host when !host.Contains('/', StringComparison.Ordinal) => $"{host}/{(host.Contains(':', StringComparison.Ordinal) ? 128 : 32)}",
            { } network => network,
            null => "",
        };
        return IPNetwork.TryParse(destination, out IPNetwork parsed) ? parsed : null;
    }
}

/// <summary>A route. Null: not given.</summary>
/// <param name="Type"><c>unicast</c>, <c>local</c>, <c>blackhole</c>.</param>
/// <param name="Table"><c>main</c>.</param>
/// <param name="Interface">Where it leads.</param>
/// <param name="Gateway">The next hop; null: the address itself.</param>
/// <param name="Metric">The smaller one is taken.</param>
/// <param name="Mtu">Of the route alone.</param>
/// <param name="HasHops">It has several next hops, of which a packet takes one.</param>
internal sealed record Route(string Type, string Table, string? Interface, string? Gateway, long Metric, long? Mtu, bool HasHops);
