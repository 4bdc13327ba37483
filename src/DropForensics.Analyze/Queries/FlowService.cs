namespace DropForensics.Analyze.Queries;

/// <summary>What a flow was for, whoever sent it: its protocol and destination port or type, those of a packet it carries, and to how many it went.</summary>
internal sealed record FlowService(
    int EtherType, int? IpProtocol, int? DestinationPort, int? Type, bool IsLaterFragment,
    string? Tunnel, int? InnerEtherType, int? InnerIpProtocol, int? InnerDestinationPort, int? InnerType, Audience To);

/// <summary>To whom a packet went, by its destination address.</summary>
internal enum Audience
{
    /// <summary>To one host; or to all of a subnet, which the address alone does not show.</summary>
    One,

    /// <summary>To a multicast group.</summary>
    Group,

    /// <summary>To everybody on the link.</summary>
    Everybody,
}
