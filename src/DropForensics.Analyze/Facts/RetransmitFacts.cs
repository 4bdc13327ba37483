namespace DropForensics.Analyze.Facts;

/// <summary>
/// Segments that TCP sent again during the capture, and which of them follow a drop of the same connection, in either direction: a lost acknowledgement
/// makes the sender repeat itself as well.
/// </summary>
/// <param name="Retransmits">How many segments were sent again (event <c>tcp_retransmit_skb</c> or <c>tcp_retransmit_synack</c>).</param>
/// <param name="AfterDrop">
/// Those that follow a drop: it happened after the retransmit before it, or within <see cref="WithinNs"/>; where there was none in <see cref="LongestNs"/>, within <see cref="FirstNs"/>;
/// and those that come within <see cref="WithinNs"/> after another that does.
/// </param>
/// <param name="Drops">Drops that a retransmit of their connection follows so.</param>
/// <param name="Of">Drops of all these connections, without those of data that had arrived before.</param>
/// <param name="By">The retransmits that follow a drop by what dropped it, the most first: function and reason.</param>
/// <param name="AreComparable">
/// The retransmits have addresses and ports here, and the drops as well where they are of IP; without any such drop, there is nothing to compare.
/// </param>
public sealed record RetransmitFacts(long Retransmits, long AfterDrop, long Drops, long Of, IReadOnlyList<RetransmitCause> By, bool AreComparable)
{
    /// <summary>A first retransmit comes 200 ms after the segment at the earliest, if nothing else tells the sender of the loss (TCP_RTO_MIN); a third more for what lies between.</summary>
    public const long WithinNs = 300_000_000;

    /// <summary>The first timeout of a connection that is being opened is a second (TCP_TIMEOUT_INIT), and one to a distant peer waits as long.</summary>
    public const long FirstNs = 1_200_000_000;

    /// <summary>TCP waits no longer before it sends again (TCP_RTO_MAX).</summary>
    public const long LongestNs = 120_000_000_000;
}

/// <summary>Retransmits that follow drops of one kind.</summary>
/// <param name="Function">Who dropped; null where that is not known.</param>
/// <param name="Reason">Why; null where the kernel gave no reason.</param>
/// <param name="Retransmits">How many.</param>
public sealed record RetransmitCause(string? Function, string? Reason, long Retransmits);
