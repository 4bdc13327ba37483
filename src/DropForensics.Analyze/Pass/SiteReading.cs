using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Attribution;
using DropForensics.Core.Model;

namespace DropForensics.Analyze.Pass;

/// <summary>A site with what its stack says beyond its attribution: how packets came in, and where they were heading (<see cref="Headings"/>).</summary>
internal sealed record SiteReading(SiteRow Row, EntryKind Kind, bool? IsOut)
{
    /// <summary>Position of the deciding function in the stack.</summary>
    public int FirstFrame => (int)(Row.FirstFrame ?? 0);

    public string? Function => Row.Function;

    public string? Module => Row.Module;

    public string? FunctionRule => Row.FunctionRule;

    public string? Entry => Row.Entry;

    public string? Driver => Row.Driver;

    public string? DriverRule => Row.DriverRule;

    /// <summary>The drivers it may have been, comma separated; null where nothing narrows it.</summary>
    public string? Candidates => Row.DriverCandidates;

    /// <summary>Reads a site's stack.</summary>
    public static SiteReading Of(SiteRow row, CallStack? stack)
    {
        int first = (int)(row.FirstFrame ?? 0);
        return new SiteReading(row, EntryKinds.Of(row.Entry, first, stack), Headings.IsOut(first, stack));
    }
}

/// <summary>The driver of drops of one site at one interface, as the view <c>drops</c> has it, and the rule that found it.</summary>
/// <param name="Driver">Null where unknown.</param>
/// <param name="Rule"><c>module</c>, <c>interface</c>, <c>symbol</c> or <c>backlog</c>; null where none did.</param>
/// <param name="Candidates">The drivers it may have been, comma separated; null where nothing narrows it.</param>
/// <param name="Link">The interface; null where unknown.</param>
internal sealed record DriverReading(string? Driver, string? Rule, string? Candidates, LinkRow? Link)
{
    /// <summary>That of a drop: see <see cref="DriverRule.First"/>.</summary>
    public static DriverReading Of(SiteReading site, LinkRow? link)
    {
        (string? driver, string? rule) = DriverRule.First(site.Driver, site.DriverRule, link is not null, link?.BaseDriver);
        return new DriverReading(driver, rule, link is null && driver is null ? site.Candidates : null, link);
    }
}
