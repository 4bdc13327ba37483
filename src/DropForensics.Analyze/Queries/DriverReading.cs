namespace DropForensics.Analyze.Queries;

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
