using System.Globalization;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Dimensions;

/// <summary>A condition over the view <c>drops</c>.</summary>
internal static class SqlCondition
{
    /// <summary>All of these columns have these values; null where a text was made visible and is not what the file has.</summary>
    public static string? Of(params ReadOnlySpan<(string Column, object? Value)> columns)
    {
        var terms = new List<string>(columns.Length);
        foreach ((string column, object? value) in columns)
        {
            if (value is string text && text.Contains('\\', StringComparison.Ordinal))
            {
                return null;
            }

            terms.Add($"{column} is {Literal(value)}");
        }

        return string.Join(" and ", terms);
    }

    /// <summary>Of a flow; null for one that the view does not distinguish from others, or might not: a request and an answer of ARP, a fragment and another.</summary>
    public static string? Of(FlowFacts flow, CaptureFacts facts)
    {
        (string, object?)[] columns = Columns(flow);
        bool hasPorts = flow is { IpProtocol: not null, LaterFragment: false } && (flow.Inner is { } inner ? inner.Dport : flow.Dport ?? flow.Type) is not null;
        bool areAllKnown = facts.DistinctFlows == facts.Flows.Count && facts.FlowsForgotten == 0;
        bool isOne = facts.Flows.Count(other => other.Ends == flow.Ends && Columns(other).SequenceEqual(columns)) == 1;
        return (hasPorts || areAllKnown) && isOne ? Of(columns) : null;
    }

    private static (string, object?)[] Columns(FlowFacts flow) =>
    [
        ("src", flow.Src), ("sport", flow.Sport), ("dst", flow.Dst), ("dport", flow.Dport), ("ip_protocol", flow.IpProtocol),
        ("icmp_type", flow.IpProtocol is null ? null : flow.Type), ("icmp_code", flow.Code), ("vlan", flow.Vlan), ("tunnel", flow.Tunnel), .. Inner(flow.Inner),
    ];

    /// <summary>Of a service that is a port of one protocol; null of any other.</summary>
    public static string? Of(ServiceFacts service) => (Number(service.Protocol), service) switch
    {
        ({ } protocol, { Dport: { } port, Tunnel: null }) => Of(("ip_protocol", protocol), ("dport", port), ("tunnel", null)),
        ({ } protocol, { Dport: { } port, Tunnel: { } tunnel }) => Of(("inner_ip_protocol", protocol), ("inner_dport", port), ("tunnel", tunnel)),
        _ => null,
    };

    private static (string, object?)[] Inner(PacketEnds? inner) => inner is null
        ? []
        : [("inner_src", inner.Src), ("inner_sport", inner.Sport), ("inner_dst", inner.Dst), ("inner_dport", inner.Dport), ("inner_ip_protocol", inner.IpProtocol)];

    private static int? Number(string protocol) => protocol switch
    {
        "TCP" => 6,
        "UDP" => 17,
        "DCCP" => 33,
        "SCTP" => 132,
        "UDP-Lite" => 136,
        _ => null,
    };

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!, // an integer has a text
    };
}
