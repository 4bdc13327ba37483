using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Says what the facts come to. Facts first; nothing that is not in them.</summary>
internal static class VerdictWriter
{
    /// <summary>A part is called the bulk of the drops from here.</summary>
    private const double Bulk = 0.5;

    public static Verdict Of(CaptureFacts facts) => new(Headline(facts), Detail(facts), CompletenessWriter.Of(facts));

    private static string Headline(CaptureFacts facts)
    {
        string dropped = facts.Drops == 0 ? "No packet was dropped" : $"{Count(facts.Drops, "packet")} dropped";
        return facts.Window switch
        {
            { IsTime: false } or { LengthNs: <= 0 } => dropped + ".",
            { IsWindow: false } window => $"{dropped} within {Duration(window.LengthNs)}.",
            { } window => $"{dropped} in {Duration(window.LengthNs)}.",
        };
    }

    private static string? Detail(CaptureFacts facts)
    {
        if (facts.Drops == 0)
        {
            return null;
        }

        SiteFacts site = facts.Sites[0];
        if (site.Share < Bulk)
        {
            return $"No single cause stands out: {Count(facts.Sites.Count, "site")} dropped for {Count(facts.Reasons.Count, "reason")}; "
                + $"the largest, {Where(site)}, had {Percent(site.Share)}.";
        }

        string whole = facts.Sites.Count == 1 ? facts.Drops == 1 ? "It was" : "All were" : $"{Percent(site.Share)} were";
        return $"{whole} dropped by {Where(site)}{Through(facts)}.";
    }

    private static string Where(SiteFacts site) =>
        $"{site.Function ?? "an unknown function"} ({(site.Reason is null ? "no reason given" : "reason " + site.Reason)})";

    private static string Through(CaptureFacts facts)
    {
        DriverFacts driver = facts.Drivers[0];
        if (driver.Driver is not null && driver.Share >= Bulk)
        {
            string share = driver.Share < 1 ? $"; {Percent(driver.Share)} came through" : ", arriving through";
            return $"{share} {(driver.Rule == "module" ? "the driver" : "likely the driver")} {driver.Driver}";
        }

        EntryFacts entry = facts.Entries[0];
        return entry is { Entry: "process_backlog", Share: >= Bulk } ? "; they came by the per-CPU backlog, so no driver is known" : "";
    }
}
