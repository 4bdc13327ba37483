namespace DropForensics.Analyze.Queries;

/// <summary>What a flow was for, whoever sent it: its protocol and destination port or type, and those of a packet it carries.</summary>
internal sealed record FlowService(
    int EtherType, int? IpProtocol, int? DestinationPort, int? Type, bool IsLaterFragment,
    string? Tunnel, int? InnerEtherType, int? InnerIpProtocol, int? InnerDestinationPort, int? InnerType);
