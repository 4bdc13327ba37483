namespace DropForensics.Tests.Kernels;

/// <summary>What identifies a kind of drop, each part null where it is unknown; numbers as text.</summary>
internal sealed record DropKey(
    string? Reason, string? Function, string? EtherType, string? Interface, string? Netns,
    string? Protocol, string? Source, string? Destination, string? SourcePort, string? DestinationPort,
    string? Tunnel, string? InnerSource, string? InnerDestination, string? InnerSourcePort, string? InnerDestinationPort)
{
    /// <summary>The columns of the view drops, in the order of the parameters.</summary>
    public const string Columns =
        "reason, function, ethertype, interface, netns, ip_protocol, src, dst, sport, dport, "
        + "tunnel, inner_src, inner_dst, inner_sport, inner_dport";

    public static DropKey Of(IReadOnlyList<string?> parts) => new(
        parts[0], parts[1], parts[2], parts[3], parts[4],
        parts[5], parts[6], parts[7], parts[8], parts[9],
        parts[10], parts[11], parts[12], parts[13], parts[14]);

    /// <summary>What is left of it where a probe does not see everything.</summary>
    public DropKey SeenBy(ProbeAbilities probe) => new(
        probe.Reason ? Reason : null,
        probe.Function ? Function : null,
        probe.EtherType ? EtherType : null,
        probe.Interface ? Interface : null,
        probe.Interface ? Netns : null,
        probe.Flow ? Protocol : null,
        probe.Flow ? Source : null,
        probe.Flow ? Destination : null,
        probe.Flow ? SourcePort : null,
        probe.Flow ? DestinationPort : null,
        probe.Flow ? Tunnel : null,
        probe.Flow ? InnerSource : null,
        probe.Flow ? InnerDestination : null,
        probe.Flow ? InnerSourcePort : null,
        probe.Flow ? InnerDestinationPort : null);
}
