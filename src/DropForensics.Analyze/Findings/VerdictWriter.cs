using DropForensics.Analyze.Analysis;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Core.Attribution;
using DropForensics.Core.Ledger;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Writes the answer: facts first, and nothing beyond them.</summary>
internal static class VerdictWriter
{
    /// <summary>A site with more than this share is called the cause; of two halves, neither is.</summary>
    private const double Bulk = 0.5;

    // One of many ways is not an answer.
    private const double LeastWay = 0.25;

    /// <summary>A headline is two lines in the picture; the evidence has the filter whole.</summary>
    private const int LongestFilter = 60;

    /// <param name="facts">Of the capture.</param>
    /// <param name="findings">Its findings, the most important first.</param>
    public static Verdict Of(CaptureFacts facts, IReadOnlyList<Finding> findings)
    {
        IReadOnlyList<SiteMeaning> sites = findings is [{ Sites: { Count: > 0 } told }, ..] ? told : facts.Sites.Select(s => new SiteMeaning(s, null, s.Drops, s.Services)).ToList();
        string counted = Counted(facts);
        return new Verdict(
            findings is [var top, ..] ? top.Title : counted,
            findings.Count > 0 ? counted : null,
            sites.Count == 0 ? null : Cause(facts, sites, isWhole: findings.Count == 0),
            sites.Count == 0 || sites[0].Drops <= Bulk * sites.Sum(s => s.Drops) || PacketWords.InterfaceOf(sites[0].Site, Bulk) is not null ? null : Way(sites[0].Site),
            facts.Capture.HitsOf is { } function
                ? $"These are hits of `{function}`: a packet may be counted more than once, and may not have been dropped."
                : Notes(facts),
            CompletenessWriter.Of(facts));
    }

    private static string? Notes(CaptureFacts facts)
    {
        string?[] notes =
        [
            facts.WhyNoReason is { } why ? $"{why} The report groups drops by the deciding function instead." : null,
            facts.Capture.IsDropwatch && facts.Window.IsTime ? "Times are the host's local time, although this report labels them UTC: dropwatch does not print its time zone." : null,
        ];
        return string.Join(' ', notes.OfType<string>()) is { Length: > 0 } text ? text : null;
    }

    /// <summary>The kernel's own count if there is one. Otherwise only what the capture can know: missing data makes the count a lower bound, a filter hides the rest.</summary>
    private static string Counted(CaptureFacts facts)
    {
        string within = facts.Window switch
        {
            { IsTime: false } or { LengthNs: <= 0 } => "",
            { IsWindow: false } window => $" within {Duration(window.LengthNs)}",
            { } window => $" in {Duration(window.LengthNs)}",
        };
        if (facts.Selection is { } part)
            return $"{facts.Capture.Subject.CountedOf(part.Drops)} of {Count(part.Of)} captured{within} {(part.Drops == 1 ? "matches" : "match")} `{TextCut.Middle(part.Expression, LongestFilter)}`; the rest is left out here.";
        string? filter = facts.Capture.Scope is { } text ? $"the filter `{TextCut.Middle(text, LongestFilter)}`" : null;
        Subject subject = facts.Capture.Subject;
        if (facts.Happened is { } happened)
        {
            string recorded = facts.Ledger.MissedBySampling == 0 ? $", {Count(facts.Drops)} recorded."
                : $" by the kernel's own count. What is said of them rests on a sample: {Count(facts.Drops)}, {Percent(facts.Drops, happened)}.";
            return filter is null ? $"{subject.Happened(happened)}{within}{recorded}" : $"{subject.CountedOf(happened)} that match {filter}{within}{recorded}";
        }

        if (facts.Ledger.IsSample && facts.Drops > 0)
        {
            string drops = filter is null ? subject.Happened(facts.Drops) : $"{subject.CountedOf(facts.Drops)} that match {filter}";
            return $"At least {drops}{within}: these were recorded, and they are a sample.";
        }

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

    // A leading finding already describes its packets, so this is for the case without one.
    private static string? Cause(CaptureFacts facts, IReadOnlyList<SiteMeaning> sites, bool isWhole)
    {
        SiteFacts site = sites[0].Site;
        long drops = sites.Sum(s => s.Drops);
        string where = $"{FunctionWords.Of(site)}"
            + site.Reason switch
            {
                null when facts.WhyNoReason is not null => "",
                null => ", reason not given",
                { } number when ReasonWords.IsNumber(number) => $", reason number {number}, {ReasonWords.Why(facts.Capture, number)}",
                { } name => $", reason `{name}`",
            };
        string? packets = isWhole ? PacketWords.Of(site, Bulk) : null;
        if (facts.Capture.HitsOf is { } hit && site.Function == hit && facts.Sites.Count == 1)
        {
            return packets is null ? null : $"{char.ToUpperInvariant(packets[0])}{packets[1..]}.";
        }

        string by = facts.Capture.HitsOf is null ? "by" : "in";
        string whom = packets is null ? where : $"{where}: {packets}";
        int reasons = sites.Select(s => s.Site.Reason).Distinct().Count();
        string ofReasons = facts.WhyNoReason is null ? $", {Count(reasons, "reason")}" : "";
        return (drops, sites.Count, (double)sites[0].Drops / drops) switch
        {
            (1, _, _) when facts.Drops == 1 => facts.Capture.HitsOf is null ? $"It was dropped by {whom}." : $"It was in {whom}.",
            (_, 1, _) when drops == facts.Drops => $"All {by} {whom}.",
            (_, _, > Bulk) => $"{Percent((double)sites[0].Drops / facts.Drops)} {by} {whom}.",
            _ => $"No single cause: {Count(sites.Count, "site")}{ofReasons}; most {by} {where}: {Percent((double)sites[0].Drops / facts.Drops)}.",
        };
    }

    /// <summary>Describes only the most frequent way, so that driver and entry belong to the same drops.</summary>
    private static string? Way(SiteFacts site)
    {
        WayFacts way = site.Ways[0];
        string them = site.Drops == 1 ? "It" : way.Drops == site.Drops ? "They" : $"{Percent((double)way.Drops / site.Drops)} of these";
        if (way.Drops < LeastWay * site.Drops) return null;
        return (way.Driver, way.Rule, way.Kind) switch
        {
            ({ } name, DriverRule.Module, _) => $"{them} came through the driver `{name}`.",
            ({ } name, DriverRule.Interface, _) => $"{them} came through the interface's driver `{name}`.",
            ({ } name, DriverRule.Symbol, EntryKind.Poll) => $"{them} likely came through `{name}` (by the name of its poll function).",
            ({ } name, DriverRule.Symbol, _) => $"{them} likely came through `{name}` (by the name of its function).",
            ({ } name, DriverRule.Backlog, _) => $"{them} likely came through `{name}` (from interface counters).",
            ({ } name, _, _) => $"{them} likely came through `{name}`.",
            (null, _, EntryKind.Unrecognised) => null,
            (null, _, EntryKind.Backlog) when way.Candidates is { } candidates =>
                $"{them} arrived through `{string.Join("` or `", candidates.Split(", "))}`: {DriverMeaning.Both(candidates)} fed the per-CPU backlog.",
            (null, _, EntryKind.Backlog) =>
                $"{them} arrived through `{way.Entry}`, the per-CPU backlog that loopback, veth and RPS feed; the stack does not show which.",
            (null, _, EntryKind.GroCells) => $"{them} arrived through `{way.Entry}`, the receive queue of tunnels and MACsec; the stack does not show whose.",
            (null, _, EntryKind.Poll or EntryKind.HandOver) => $"{them} arrived through `{way.Entry}`, of no known driver.",
            (null, _, EntryKind.SystemCall) => $"{them} began in a system call, `{way.Entry}`; no driver is in the stack.",
            (null, _, EntryKind.Timer) => $"{them} began in a timer, `{way.Entry}`; no driver is in the stack.",
            (null, _, EntryKind.SocketClose) => $"{them} waited in a socket that was being closed (`{way.Entry}`).",
            _ => $"{them} began in `{way.Entry}`; no driver is in the stack.",
        };
    }
}

/// <summary>The answer in words; backticks mark names as the kernel spells them.</summary>
/// <param name="Headline">The top finding's title; without one, how many packets were dropped: <c>No packet was dropped in 60 s.</c></param>
/// <param name="Counted">How many there were of all: <c>1,204 packets dropped in 60 s.</c>, <c>150,000 packets dropped in 60 s, 74,048 recorded.</c>, and which, if a filter was active; null if the headline has it.</param>
/// <param name="Cause">Function and reason of most of the top finding's drops; null if nothing was dropped.</param>
/// <param name="Way">How those arrived; null if nothing was dropped or no stack shows it.</param>
/// <param name="Note">A note for all numbers: they are not drops, or the kernel gives no reasons; else null.</param>
/// <param name="Completeness">The verdict on completeness.</param>
public sealed record Verdict(string Headline, string? Counted, string? Cause, string? Way, string? Note, Completeness Completeness);
