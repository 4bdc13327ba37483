using System.Globalization;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Model;

/// <summary>
/// SQL over the view <c>drops</c> that gives the numbers of the page's tables: by what columns a table's rows are told apart, and the condition
/// of a row. A row has none where the view does not tell it from another, or where its text was made visible and is not what the file has.
/// </summary>
internal static class RowSql
{
    public const string Sites = "function, module, reason, subsystem";
    public const string Reasons = "reason, subsystem";
    public const string Drivers = "driver, driver_rule";
    public const string Interfaces = "interface, ifindex, netns";
    public const string Namespaces = "netns";
    public const string Flows = "src, sport, dst, dport, ip_protocol, icmp_type, vlan, tunnel";
    public const string Services = "ip_protocol, dport, icmp_type, tunnel, inner_ip_protocol, inner_dport";
    public const string Cpus = "cpu";
    public const string Processes = "pid, comm";
    public const string Protocols = "ethertype";
    public const string Heat = "driver, reason";

    public static string? Of(SiteFacts site) => All(("function", site.Function), ("module", site.Module), ("reason", site.Reason), ("subsystem", site.Subsystem));

    public static string? Of(ReasonFacts reason) => All(("reason", reason.Reason), ("subsystem", reason.Subsystem));

    /// <summary>Why a driver is unknown is not in the view, nor what its interface stands on.</summary>
    public static string? Of(DriverFacts driver, IReadOnlyList<DriverFacts> all) =>
        driver.Driver is null || all.Count(d => d.Driver == driver.Driver && d.Rule == driver.Rule) > 1
            ? null
            : All(("driver", driver.Driver), ("driver_rule", driver.Rule));

    public static string? Of(InterfaceFacts link) => All(("interface", link.Name), ("ifindex", link.IfIndex), ("netns", link.Netns));

    public static string? Of(NamespaceFacts space) => All(("netns", space.Netns));

    public static string? Of(CpuFacts cpu) => All(("cpu", cpu.Cpu));

    public static string? Of(ProtocolFacts protocol) => All(("ethertype", protocol.EtherType));

    /// <summary>One task may have several names: it is one row where only one of them is known.</summary>
    public static string? Of(ProcessFacts process, IReadOnlyList<ProcessFacts> all) => all.Count(p => p.Pid == process.Pid) > 1
        ? All(("pid", process.Pid), ("comm", process.Comm))
        : All(("pid", process.Pid));

    public static string? Of(FlowFacts flow) => flow.IpProtocol is null || flow.LaterFragment
        ? null
        : All([
            ("src", flow.Src), ("sport", flow.Sport), ("dst", flow.Dst), ("dport", flow.Dport), ("ip_protocol", flow.IpProtocol), ("icmp_type", flow.Type),
            ("icmp_code", flow.Code), ("vlan", flow.Vlan), ("tunnel", flow.Tunnel), .. Inner(flow.Inner),
        ]);

    public static string? Of(ServiceFacts service) => (Number(service.Protocol), service) switch
    {
        ({ } protocol, { Dport: { } port, Tunnel: null }) => All(("ip_protocol", protocol), ("dport", port), ("tunnel", null)),
        ({ } protocol, { Dport: { } port, Tunnel: { } tunnel }) => All(("inner_ip_protocol", protocol), ("inner_dport", port), ("tunnel", tunnel)),
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

    private static string? All(params ReadOnlySpan<(string Column, object? Value)> columns)
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

    private static string Literal(object? value) => value switch
    {
        null => "null",
        string text => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!, // an integer has a text
    };
}
