using DropForensics.Analyze.Analysis;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Pass;
using DropForensics.Core.Attribution;

namespace DropForensics.Analyze.Diff;

/// <summary>What the tables of a comparison list of one capture.</summary>
internal sealed class DiffItems(CaptureFacts facts)
{
    private const string Unknown = "unknown";
    private const string NotSpecified = "NOT_SPECIFIED";
    private const string DropEvent = "kfree_skb";

    /// <summary>All drops in the bins of the timeline.</summary>
    public int[]? All { get; } = Series.Sum(facts.Binned.Cells.Select(c => c.Drops));

    /// <param name="isOneVersion">Else drops without a reason may have any that the other kernel gives.</param>
    public IEnumerable<DiffItem> Reasons(bool isOneVersion)
    {
        int[]?[] bins = Bins(facts.Reasons.Count, p => p.Reason);
        return facts.Reasons.Select((r, i) => new DiffItem(ReportModel.ReasonName(r.Reason), r.Drops, bins[i])
        {
            IsName = ReportModel.IsName(r.Reason),
            IsUnknown = !isOneVersion && (r.Reason is null or NotSpecified),
        });
    }

    /// <param name="byReason">Whether the drops of one function are told apart by their reason.</param>
    /// <param name="byLocation">Whether the functions are those that freed the packets, which a capture without stacks knows as well.</param>
    public IEnumerable<DiffItem> Functions(bool byReason, bool byLocation)
    {
        int[]?[] bins = Bins(facts.Sites.Count, p => p.Site);
        return facts.Sites.SelectMany((s, i) => byLocation ? Locations(s) : [(s.Function, s.Drops, bins[i])], (s, f) => new DiffItem(f.Function ?? Unknown, f.Drops, f.Bins)
        {
            Reason = byReason ? ReportModel.ReasonName(s.Reason) : null,
            IsName = f.Function is not null,
            IsUnknown = f.Function is null,
        });
    }

    public IEnumerable<DiffItem> Drivers()
    {
        int[]?[] bins = Bins(facts.Drivers.Count, p => p.Driver);
        return facts.Drivers.Select((d, i) => new DiffItem(d.Name, d.Drops, bins[i]) { IsName = d.Driver is not null, IsUnknown = d.Driver is null });
    }

    public IEnumerable<DiffItem> Interfaces()
    {
        int[]?[] bins = Bins(facts.Interfaces.Count, p => p.Interface);
        return facts.Interfaces.Select((f, i) => new DiffItem(f.Name ?? Unknown, f.Drops, bins[i]) { IsName = f.Name is not null });
    }

    public IEnumerable<DiffItem> Services()
    {
        Dictionary<string, int[]?> bins = facts.Services.Zip(facts.Binned.Services).ToDictionary(s => s.First.Service, s => s.Second);
        return facts.Conversations.GroupBy(c => c.Service, c => c.Drops).Select(s => new DiffItem(s.Key, s.Sum(), bins.GetValueOrDefault(s.Key)));
    }

    public IEnumerable<DiffItem> Flows() => facts.Conversations.Select(c => new DiffItem($"{c.Src} → {c.Dst}, {c.Service}", c.Drops, c.Bins));

    /// <summary>A site's drops by the function that freed them; those of rarer locations than the site lists are of an unknown one.</summary>
    private static IEnumerable<(string? Function, long Drops, int[]? Bins)> Locations(SiteFacts site)
    {
        foreach (NamedDrops location in site.Locations) yield return (SiteAttributor.Attribute(DropEvent, location.Name, null).Function, location.Drops, null);
        long rest = site.Drops - site.Locations.Sum(l => l.Drops);
        if (rest > 0) yield return (null, rest, null);
    }

    private int[]?[] Bins(int rows, Func<BinnedPlace, int> rowOf)
    {
        var bins = new int[]?[rows];
        foreach (var row in facts.Binned.Cells.Where(c => rowOf(c.Place) != ListRows.None).GroupBy(c => rowOf(c.Place), c => c.Drops)) bins[row.Key] = Series.Sum(row);
        return bins;
    }
}

/// <summary>One thing in one capture, before the two are set against each other.</summary>
/// <param name="Name">What it is: a reason, a function, a driver, an interface, a service, a conversation.</param>
/// <param name="Drops">Captured.</param>
/// <param name="Bins">The same in equal lengths of time; null where the capture has too many alike to keep them apart.</param>
internal sealed record DiffItem(string Name, long Drops, int[]? Bins)
{
    /// <summary>Of a function the reason its drops had; null where reasons are not told apart.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the name is the kernel's own spelling.</summary>
    public bool IsName { get; init; }

    /// <summary>Whether these drops are of any other thing in the list, and the capture does not know which.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The same thing with so many drops; without any there is nothing over time either.</summary>
    public DiffItem With(long drops) => this with { Drops = drops, Bins = [] };

    /// <summary>One item for each name and reason: interfaces of two namespaces have one name, two rules name one driver.</summary>
    public static Dictionary<(string Name, string? Reason), DiffItem> Summed(IEnumerable<DiffItem> items) => items
        .GroupBy(i => (i.Name, i.Reason))
        .ToDictionary(g => g.Key, g => g.First() with { Drops = g.Sum(i => i.Drops), Bins = Series.Sum(g.Select(i => i.Bins)), IsName = g.Any(i => i.IsName) });
}
