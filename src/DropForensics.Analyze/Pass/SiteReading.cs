using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Attribution;
using DropForensics.Core.Model;

namespace DropForensics.Analyze.Pass;

/// <summary>What attribution makes of a site today, beside what the capture stored. Where its packets were heading: see <see cref="Headings"/>.</summary>
internal sealed record SiteReading(
    SiteRow Row, int FirstFrame, string? Function, string? Module, string? FunctionRule, string? Entry, EntryKind Kind, string? Driver, string? DriverRule,
    string? Candidates, bool? IsOut)
{
    /// <summary>The rule by which the kernel names the driver: see SiteAttribution.</summary>
    public const string ModuleRule = "module";

    /// <summary>The rule by which a function's name tells the driver.</summary>
    public const string SymbolRule = "symbol";

    /// <summary>Whether today's reading names another function or driver than the stored one.</summary>
    public bool IsOther => Function != Row.Function || Driver != Row.Driver;

    /// <summary>Reads a site again from its stack and location.</summary>
    public static SiteReading Of(SiteRow row, CallStack? stack)
    {
        SiteAttribution now = SiteAttributor.Attribute(row.Event, row.Location, stack);

        // Who filled the backlog was inferred from the host's counters at capture time; no stack tells it again.
        bool keep = now.Driver is null && row.DriverRule == BacklogAttribution.Rule;
        return new SiteReading(
            row, now.FirstFrame, now.Function, now.Module, now.FunctionRule, now.Entry, EntryKinds.Of(now.Entry, now.FirstFrame, stack),
            keep ? row.Driver : now.Driver, keep ? row.DriverRule : now.DriverRule,
            now.Driver is null && !keep ? row.DriverCandidates : null, Headings.IsOut(now.FirstFrame, stack));
    }
}

/// <summary>The driver of drops of one site at one interface, as the view <c>drops</c> has it, and the rule that found it.</summary>
/// <param name="Driver">Null where unknown.</param>
/// <param name="Rule"><c>module</c>, <c>interface</c>, <c>symbol</c> or <c>backlog</c>; null where none did.</param>
/// <param name="Candidates">The drivers it may have been, comma separated; null where nothing narrows it.</param>
/// <param name="Link">The interface; null where unknown.</param>
internal sealed record DriverReading(string? Driver, string? Rule, string? Candidates, LinkRow? Link)
{
    /// <summary>The rule by which a packet's own interface names the driver.</summary>
    public const string InterfaceRule = "interface";

    /// <summary>The kernel's word first, then the packet's own interface, then what is inferred; of a backlog only where no interface tells.</summary>
    public static DriverReading Of(SiteReading site, LinkRow? link) => (site.DriverRule, link) switch
    {
        (SiteReading.ModuleRule, _) => new(site.Driver, site.DriverRule, null, link),
        (_, { BaseDriver: { } driver }) => new(driver, InterfaceRule, null, link),
        (SiteReading.SymbolRule, _) => new(site.Driver, site.DriverRule, null, link),
        (_, null) => new(site.Driver, site.DriverRule, site.Candidates, link),
        _ => new(null, null, null, link),
    };
}
