namespace DropForensics.Analyze.Facts;

/// <summary>
/// Segments that TCP sent again during the capture, and which of them follow a drop of the same connection, in either direction: a lost acknowledgement
/// makes the sender repeat itself as well.
/// </summary>
/// <param name="Retransmits">How many segments were sent again (event <c>tcp_retransmit_skb</c> or <c>tcp_retransmit_synack</c>).</param>
/// <param name="AfterDrop">Those that follow a drop: it happened after the retransmit before it, or within <see cref="WithinNs"/>.</param>
/// <param name="Drops">Drops that a retransmit of their connection follows in the same way.</param>
/// <param name="Of">Drops of all these connections.</param>
/// <param name="By">The retransmits that follow a drop by what dropped it, the most first: function and reason.</param>
/// <param name="AreComparable">Drops and retransmits have addresses and ports here, so that they can be compared.</param>
public sealed record RetransmitFacts(long Retransmits, long AfterDrop, long Drops, long Of, IReadOnlyList<RetransmitCause> By, bool AreComparable)
{
    /// <summary>A first retransmit comes 200 ms after the segment at the earliest, if nothing else tells the sender of the loss (TCP_RTO_MIN); a third more for what lies between.</summary>
    public const long WithinNs = 300_000_000;
}

/// <summary>Retransmits that follow drops of one kind.</summary>
/// <param name="Function">Who dropped; null where that is not known.</param>
/// <param name="Reason">Why; null where the kernel gave no reason.</param>
/// <param name="Retransmits">How many.</param>
public sealed record RetransmitCause(string? Function, string? Reason, long Retransmits);
