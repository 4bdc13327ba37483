using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Core.Attribution;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Says what the facts come to. Facts first; nothing that is not in them.</summary>
internal static class VerdictWriter
{
    /// <summary>A site of more than this is called the cause; two halves are none.</summary>
    private const double Bulk = 0.5;

    // One of many ways is no answer.
    private const double LeastWay = 0.25;

    /// <summary>A headline is two lines in the picture; the evidence has the filter whole.</summary>
    private const int LongestFilter = 60;

    public static Verdict Of(CaptureFacts facts) => new(
        Headline(facts),
        facts.Sites.Count == 0 ? null : Cause(facts, facts.Sites[0]),
        facts.Sites.Count == 0 || facts.Sites[0].Share <= Bulk || PacketWords.InterfaceOf(facts.Sites[0], Bulk) is not null ? null : Way(facts.Sites[0]),
        facts.Capture.HitsOf is { } function
            ? $"These are hits of `{function}`: a packet may have been counted more than once, and need not have been dropped."
            : facts.WhyNoReason is { } why ? $"{why} The report tells drops apart by the function that decided." : null,
        CompletenessWriter.Of(facts));

    /// <summary>Never more than the capture can know: missing data makes the count a lower bound, a filter hides the rest.</summary>
    private static string Headline(CaptureFacts facts)
    {
        string within = facts.Window switch
        {
            { IsTime: false } or { LengthNs: <= 0 } => "",
            { IsWindow: false } window => $" within {Duration(window.LengthNs)}",
            { } window => $" in {Duration(window.LengthNs)}",
        };
        string? filter = facts.Capture.Filter is { Length: > 0 } text ? $"the filter `{TextCut.Middle(text, LongestFilter)}`" : null;
        Subject subject = facts.Capture.Subject;
        string atLeast = facts.IsIncomplete ? "At least " : "";
        return (facts.Drops, facts.IsIncomplete, filter) switch
        {
            (0, true, null) => $"{subject.None.TrimEnd('.')}, but data is missing.",
            (0, true, _) => $"No {subject.One} that matches {filter} was captured, but data is missing.",
            (0, false, null) => facts.Capture.HitsOf is { } function ? $"`{function}` was not hit{within}." : $"No packet was dropped{within}.",
            (0, false, _) => $"No {subject.One} matched {filter}{within}.",
            (var drops, _, null) => $"{atLeast}{subject.Happened(drops)}{within}.",
            (var drops, _, _) => $"{atLeast}{subject.CountedOf(drops)} that {(drops == 1 ? "matches" : "match")} {filter}{within}.",
        };
    }

    private static string? Cause(CaptureFacts facts, SiteFacts site)
    {
        string where = $"{FunctionWords.Of(site)}"
            + site.Reason switch
            {
                null when facts.WhyNoReason is not null => "",
                null => ", reason not given",
                { } number when ReasonNumbers.IsNumber(number) => $", reason number {number}, {ReasonNumbers.Why(facts.Capture, number)}",
                { } name => $", reason `{name}`",
            };
        string? packets = PacketWords.Of(site, Bulk);
        if (facts.Capture.HitsOf is { } hit && site.Function == hit && facts.Sites.Count == 1)
        {
            return packets is null ? null : $"{char.ToUpperInvariant(packets[0])}{packets[1..]}.";
        }

        string by = facts.Capture.HitsOf is null ? "by" : "in";
        string whom = packets is null ? where : $"{where}: {packets}";
        string reasons = facts.WhyNoReason is null ? $", {Count(facts.Reasons.Count, "reason")}" : "";
        return (facts.Drops, facts.Sites.Count, site.Share) switch
        {
            (1, _, _) => $"{(facts.Capture.HitsOf is null ? "By" : "In")} {whom}.",
            (_, 1, _) => $"All {by} {whom}.",
            (_, _, > Bulk) => $"{Percent(site.Share)} {by} {whom}.",
            _ => $"No single cause: {Count(facts.Sites.Count, "site")}{reasons}; most {by} {where}: {Percent(site.Share)}.",
        };
    }

    /// <summary>Speaks of the most frequent way only, whose driver and entry belong to the same drops.</summary>
    private static string? Way(SiteFacts site)
    {
        WayFacts way = site.Ways[0];
        string them = site.Drops == 1 ? "It" : way.Drops == site.Drops ? "They" : $"{Percent((double)way.Drops / site.Drops)} of these";
        if (way.Drops < LeastWay * site.Drops) return null;
        return (way.Driver, way.Rule, way.Kind) switch
        {
            ({ } name, "module", _) => $"{them} came through the driver `{name}`.",
            ({ } name, "interface", _) => $"{them} came through the driver `{name}`, that of the interface.",
            ({ } name, "symbol", EntryKind.Poll) => $"{them} likely came through `{name}` (by the name of its poll function).",
            ({ } name, "symbol", _) => $"{them} likely came through `{name}` (by the name of its function).",
            ({ } name, BacklogAttribution.Rule, _) => $"{them} likely came through `{name}` (from interface counters).",
            ({ } name, _, _) => $"{them} likely came through `{name}`.",
            (null, _, EntryKind.Unrecognised) => null,
            (null, _, EntryKind.Backlog) when way.Candidates is { } candidates =>
                $"{them} came in through `{string.Join("` or `", candidates.Split(", "))}`: {DriverMeaning.Both(candidates)} fed the per-CPU backlog.",
            (null, _, EntryKind.Backlog) =>
                $"{them} came in through `{way.Entry}`, the per-CPU backlog that loopback, veth and RPS feed; which of them is not in the stack.",
            (null, _, EntryKind.GroCells) => $"{them} came in through `{way.Entry}`, the receive queue of tunnels and MACsec; whose is not in the stack.",
            (null, _, EntryKind.Poll or EntryKind.HandOver) => $"{them} came in through `{way.Entry}`, of no driver known here.",
            (null, _, EntryKind.SystemCall) => $"{them} began in a system call, `{way.Entry}`; no driver is in the stack.",
            (null, _, EntryKind.Timer) => $"{them} began in a timer, `{way.Entry}`; no driver is in the stack.",
            (null, _, EntryKind.SocketClose) => $"{them} waited in a socket that was being closed (`{way.Entry}`).",
            _ => $"{them} began in `{way.Entry}`; no driver is in the stack.",
        };
    }
}
