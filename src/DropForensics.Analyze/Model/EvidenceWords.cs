using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Model;

/// <summary>Evidence as people read it, a sentence each; backticks mark names as the kernel spells them.</summary>
internal static class EvidenceWords
{
    public static string Of(Evidence evidence) => evidence switch
    {
        TextEvidence text => text.Text,
        PlaceEvidence place => $"{place.Place.Words}: {Count(place.Drops, "drop")}{(place.Span is { FirstNs: { } first, LastNs: { } last } ? $", from {Moment(first)} to {Moment(last)}" : "")}"
            + place switch
            {
                { Others: null } => ".",
                { OtherPlaces: { } places } => $"; the other {Count(places)}: {Count(place.Others.Value)}.",
                _ => $"; all others: {Count(place.Others.Value)}.",
            },
        SiteEvidence site => $"{Count(site.Drops, "drop")} in {FunctionWords.Of(site.Site)}, {(site.Site.Reason is { } name ? $"`{name}`" : "no reason")}{(site.IsHarmless ? ", harmless" : "")}.",
        OtherSitesEvidence rest => $"{Count(rest.Drops, "drop")} at {Count(rest.Sites, "other site")}: {string.Join(", ", rest.By.Select(by => $"{by.Name} {Count(by.Drops)}"))}.",
        PathEvidence { Path: var path } => $"{Capital(PacketWords.Through(path) ?? "")}: {Count(path.Drops, "drop")}.",
        ScanEvidence { Scan: var scan } => $"{scan.Src} to {scan.Dst}: {Count(scan.Drops, "packet")} to {Count(scan.Ports, "port")} from {scan.LowestPort} to {scan.HighestPort}, "
            + $"{(scan.Sport is { } from ? $"all from port {from}" : "from several ports")}.",
        SpanEvidence { FirstNs: { } first, LastNs: { } last } => first == last ? $"At {Moment(first)}." : $"From {Moment(first)} to {Moment(last)}, over {Duration(last - first)}.",
        SpanEvidence => "The trace's clock counts no time.",
        BurstEvidence burst => $"{Count(burst.Drops, "drop")} from {Moment(burst.FromNs)} within {Duration(burst.LengthNs)}{Most(burst.Most)}.",
        PeakEvidence { TimesTheRest: { } times } => $"The largest: {Count(times)} times the rest of the window.",
        PeakEvidence => "The largest: nothing was dropped in the rest of the window.",
        RhythmEvidence rhythm => $"From {Moment(rhythm.FromNs)} on, {Duration(rhythm.LeastGapNs)} to {Duration(rhythm.MostGapNs)} apart; bins are {Duration(rhythm.BinNs)} wide.",
        EachTimeEvidence each => $"{Count(each.Least)} to {Count(each.Most, "drop")} each time{Most(each.Largest)}.",
        CounterEvidence { Counter: var counter } => Grown(counter),
        OtherCountersEvidence rest => $"and {Count(rest.Counters, "other counter")}.",
        _ => throw new InvalidOperationException($"no words for {evidence.GetType()}"),
    };

    private static string Most(MostOf most) => $", {Percent(most.Share)} of them {(most.Name is { } name ? $"`{name}`" : "without a reason")}";

    private static string Grown(CounterFacts counter) =>
        $"{counter.Counter}{(counter.Interface is null ? "" : $" of `{counter.Interface}`")}{(counter.Netns is null ? "" : $" in namespace {counter.Netns}")} grew by {Count(counter.Counted)}: {counter.Meaning}"
        + $"{(counter.Unseen < counter.Counted ? $"; at most {Count(counter.Counted - counter.Unseen)} of them are among the drops here" : "")}.";

    private static string Capital(string words) => words.Length == 0 ? "" : char.ToUpperInvariant(words[0]) + words[1..];
}
