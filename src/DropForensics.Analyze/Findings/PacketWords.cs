using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Findings;

/// <summary>Describes most packets of a site: <c>UDP to port 9, arriving through `veth-b` (`veth`)</c>.</summary>
internal static class PacketWords
{
    private const string Mostly = "mostly ";

    /// <summary>Null if neither is known for most of them.</summary>
    /// <param name="site">The site.</param>
    /// <param name="bulk">The share that counts as most, 0 to 1.</param>
    public static string? Of(SiteFacts site, double bulk) => Of(site, site.Services, site.Drops, bulk);

    /// <summary>The same for those of its packets that have one meaning.</summary>
    public static string? Of(SiteMeaning part, double bulk) => Of(part.Site, part.Services, part.Drops, bulk);

    /// <summary>The same words for most of some packets; said once, at the start.</summary>
    public static string OfMost(string words) => Mostly + words.Replace(Mostly, "", StringComparison.Ordinal);

    /// <summary>The interface of most; null if there is none.</summary>
    public static string? InterfaceOf(SiteFacts site, double bulk) =>
        site.Interfaces is [{ Name: { } name } first, ..] && first.Drops > bulk * site.Drops ? name : null;

    /// <summary><c>on the way out from `b0` to `d1`</c>, for packets that arrived through one interface and pointed to another; null for others.</summary>
    public static string? Through(PathFacts path) => path is { From: { } from, Interface: { } to } ? $"{(path.Direction == Direction.Through ? "on the way out " : "")}from `{from}` to `{to}`" : null;

    private static string? Of(SiteFacts site, IReadOnlyList<NamedDrops> services, long drops, double bulk)
    {
        string words = string.Join(", ", new[] { Service(services, drops, bulk), Interface(site, bulk) }.OfType<string>());
        return words.Length == 0 ? null : words.StartsWith(Mostly, StringComparison.Ordinal) ? OfMost(words) : words;
    }

    private static string? Service(IReadOnlyList<NamedDrops> services, long drops, double bulk) => services is [{ Name: { } name } first, ..] && first.Drops > bulk * drops
        ? first.Drops == drops ? name : Mostly + name
        : null;

    private static string? Interface(SiteFacts site, double bulk)
    {
        if (InterfaceOf(site, bulk) is not { } name)
        {
            return null;
        }

        WayFacts way = site.Ways.FirstOrDefault(w => w.Interface == name) ?? site.Ways[0]; // a site has one way or more
        string driver = way.Driver switch
        {
            null => "",
            var known when way.IsInferred => $" (likely `{known}`)",
            var known => $" (`{known}`)",
        };
        if (site.Paths is [{ Interface: { } } path, ..] && path.Interface == name && path.Drops > bulk * site.Drops)
        {
            string most = path.Drops == site.Drops ? "" : Mostly;
            return path.Direction switch
            {
                _ when Through(path) is { } through => $"{most}{through}{driver}",
                Direction.Out => $"{most}going out through `{name}`{driver}",
                Direction.In => $"{most}arriving through `{name}`{driver}",
                _ => $"{most}at interface `{name}`{driver}",
            };
        }

        return $"{(site.Interfaces[0].Drops == site.Drops ? "" : Mostly)}at interface `{name}`{driver}";
    }
}
