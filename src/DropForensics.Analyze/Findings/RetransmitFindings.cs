using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>What drops cost TCP: whether the segments that it sent again were dropped on this host or elsewhere.</summary>
internal static class RetransmitFindings
{
    private const int CausesNamed = 3;

    // A few of very many may follow a drop by chance, or cost nobody much.
    private const double Bulk = 0.1;

    public static IEnumerable<Finding> Of(CaptureFacts facts)
    {
        if (facts.Retransmits is not { } sent) yield break;
        string again = $"TCP sent {Count(sent.Retransmits, "segment")} again";
        bool isHere = sent.AfterDrop > 0;
        string? orBy = facts.Capture.Scope is not null ? "by drops that the filter leaves out" : facts.IsIncomplete ? "by drops that are missing in this capture"
            : CounterFindings.Of(facts).Any() ? "without a drop event, as counters of the host show" : null;
        Severity severity = isHere && sent.AfterDrop >= Bulk * sent.Retransmits ? Severity.Harmful : Severity.Depends;
        yield return new Finding
        {
            Id = "retransmits",
            Severity = severity,
            Title = (isHere, sent.AreComparable) switch
            {
                (true, _) => $"Drops here make TCP send again: {Count(sent.AfterDrop)} of {Count(sent.Retransmits, "retransmit")} {(sent.AfterDrop == 1 ? "follows" : "follow")} a drop of the same connection.",
                (false, true) when orBy is not null => $"What TCP lost was lost elsewhere, or {orBy}: {again}, and this capture has no earlier drop of these connections.",
                (false, true) => $"What TCP lost was lost elsewhere: {again}, and no packet of these connections was dropped here before.",
                _ => $"Retransmits cannot be compared with the drops: {again}, and this capture does not have the addresses and ports of both.",
            },
            Meaning = (isHere, sent.AreComparable) switch
            {
                (true, _) => "TCP had to send again, most likely because this host dropped packets of the same connection. A retransmit follows a drop if a packet of its connection, in either direction, was dropped "
                    + $"since the retransmit before it or in the {Duration(RetransmitFacts.WithinNs)} before it (before the first, in {Duration(RetransmitFacts.FirstNs)}). So does one that comes less than {Duration(RetransmitFacts.WithinNs)} after "
                    + "another that follows a drop: what was lost together is sent again together.",
                (false, true) => "The peer or the network between lost the packets, or their acknowledgements. "
                    + (orBy is null ? "" : $"Or this host lost them {orBy}. ")
                    + "A drop counts only if it has the same addresses and ports: where they are translated (NAT), or in a tunnel that this capture could not read, drops are "
                    + "not found. A drop of data that had arrived before does not count.",
                _ => "Capture with an eprobe (Linux 5.15 or later) to have the addresses and ports of drops. A redacted capture has no addresses of retransmits.",
            },
            Drops = isHere ? sent.AfterDrop : sent.Retransmits,
            Share = null,
            Evidence =
            [
                .. sent.By.Take(CausesNamed).Select(cause => new TextEvidence(
                    $"{Count(cause.Retransmits, "retransmit")} after a drop by {(cause.Function is { } function ? $"`{function}`" : "an unknown function")}{(cause.Reason is { } reason ? $", reason `{reason}`" : "")}.")),
                .. sent.Of > 0 ? [new TextEvidence($"{Count(sent.Drops)} of {Count(sent.Of, "drop")} of these connections {(sent.Drops == 1 ? "was" : "were")} followed by a retransmit.")] : Array.Empty<Evidence>(),
                .. isHere && sent.AfterDrop < sent.Retransmits
                    ? [new TextEvidence($"{Count(sent.Retransmits - sent.AfterDrop, "retransmit follows", "retransmits follow")} no drop here: the data was lost elsewhere{(orBy is null ? "" : $", or {orBy}")}, or arrived late.")] : Array.Empty<Evidence>(),
            ],
            Causes = isHere || !sent.AreComparable ? [] : ["Congestion, a full queue or a bad link on the way.", "The peer's host drops the packets, or answers late.", "The path reorders packets or delays acknowledgements."],
            Checks =
            [
                new KnownCheck("nstat -az TcpRetransSegs TcpExtTCPTimeouts TcpExtTCPLostRetransmit TcpExtTCPSpuriousRTOs", "retransmits, those after a timeout, and those that were not needed"),
                new KnownCheck("ss -tin state established", "each connection with its retransmits (retrans) and round-trip time"),
            ],
            Rank = isHere || orBy is not null ? FindingOrder.Pattern : sent.AreComparable ? FindingOrder.Cause : FindingOrder.NoLoss,
            Weight = FindingOrder.Weight(severity, sent.Retransmits),
        };
    }
}
