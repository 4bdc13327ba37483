namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets from one host to another for one service, whichever port they came from: of two captures the same conversation has
/// other source ports.</summary>
/// <param name="Src">Address of the sender; of a tunnel's packet the tunnel's.</param>
/// <param name="Dst">Address of the receiver.</param>
/// <param name="Service">What it was for: <c>UDP to port 9</c>, <c>ICMP echo request</c>.</param>
/// <param name="Drops">How many.</param>
/// <param name="Bins">The same over time, in the timeline's bins; null beyond the <see cref="FactLimits.Flows"/> with the most, or where that is not known.</param>
public sealed record ConversationFacts(string Src, string Dst, string Service, long Drops, int[]? Bins);
