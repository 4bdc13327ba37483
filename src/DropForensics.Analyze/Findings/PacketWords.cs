using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Findings;

/// <summary>Says of a site what most of its packets were and where: <c>UDP to port 9, arriving through `veth-b` (`veth`)</c>.</summary>
internal static class PacketWords
{
    /// <summary>Null where neither is known of most of them.</summary>
    /// <param name="site">The site.</param>
    /// <param name="bulk">What of it is called most, 0 to 1.</param>
    public static string? Of(SiteFacts site, double bulk)
    {
        string words = string.Join(", ", new[] { Service(site, bulk), Interface(site, bulk) }.OfType<string>());
        return words.Length == 0 ? null : words;
    }

    /// <summary>The interface of most; null where there is none.</summary>
    public static string? InterfaceOf(SiteFacts site, double bulk) =>
        site.Interfaces is [{ Name: { } name } first, ..] && first.Drops > bulk * site.Drops ? name : null;

    private static string? Service(SiteFacts site, double bulk) => site.Services is [{ Name: { } name } first, ..] && first.Drops > bulk * site.Drops
        ? first.Drops == site.Drops ? name : $"mostly {name}"
        : null;

    private static string? Interface(SiteFacts site, double bulk)
    {
        if (InterfaceOf(site, bulk) is not { } name)
        {
            return null;
        }

        WayFacts way = site.Ways.FirstOrDefault(w => w.Interface == name) ?? site.Ways[0]; // a site has one way or more
        string most = site.Interfaces[0].Drops == site.Drops ? "" : "mostly ";
        string verb = way.Kind is EntryKind.Poll or EntryKind.Backlog or EntryKind.GroCells or EntryKind.HandOver ? "arriving through" : "at interface";
        string driver = way.Driver switch
        {
            null => "",
            var known when way.IsInferred => $" (likely `{known}`)",
            var known => $" (`{known}`)",
        };
        return $"{most}{verb} `{name}`{driver}";
    }
}
