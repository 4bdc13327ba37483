using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Core.Attribution;
using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Diff;

/// <summary>One of the two captures: its numbers, their time, and how many drops it may lack.</summary>
/// <param name="Letter"><c>A</c> or <c>B</c>.</param>
/// <param name="Report">Its report.</param>
public sealed record DiffSide(string Letter, ReportModel Report)
{
    public CaptureFacts Facts => Report.Facts;

    public CaptureInfo Capture => Report.Facts.Capture;

    internal DiffItems Items { get; } = new(Report.Facts);

    /// <summary>Length of the window; null if no rate can be computed from it.</summary>
    public double? Seconds { get; } = Report.Facts.Window is { IsTime: true, LengthNs: > 0 } window ? window.LengthNs / 1e9 : null;

    /// <summary>Missing drops of the window.</summary>
    public CountRange Missing { get; } = MissingOf(Report.Facts);

    /// <summary>All drops of the window.</summary>
    public CountRange Total => new(Facts.Drops + Missing.Least, Facts.Drops + Missing.Most);

    /// <summary>Drops of one kind: each missing drop may be of this kind.</summary>
    /// <param name="captured">Of this kind, here.</param>
    /// <param name="unlisted">Captured drops that may be of this kind too, because lists are cut.</param>
    public CountRange Of(long captured, long unlisted = 0) => new(captured, captured + unlisted + Missing.Most);

    /// <summary>The witness counts how many there were; without it, every record that the ring lost may have been a drop.</summary>
    private static CountRange MissingOf(CaptureFacts facts)
    {
        CompletenessLedger ledger = facts.Ledger;
        List<Gap> gaps = facts.Completeness.Gaps.Where(g => g.Stage != Stages.BeforeTheStack).ToList();
        if (gaps.Count == 0) return CountRange.Exactly(0);
        bool isPart = facts.Selection is not null || ledger.Filtered > 0;
        long least = isPart ? 0 : gaps.Sum(g => g.AtLeast ?? 0);
        bool isDisturbed = ledger.Disturbance is not null || ledger.Missed < 0;
        if (ledger.Missed is not null && !isDisturbed)
        {
            // Nobody knows whether a filter would have taken what is missing.
            long notHere = Math.Max(0, (ledger.Counted ?? 0) - ledger.Captured - ledger.Filtered);
            return new CountRange(isPart ? 0 : Math.Max(Math.Min(least, notHere), notHere - ledger.Slack), notHere);
        }

        // A file that ends before its window lacks an unknown number; if no window is known, time ends with the last drop.
        bool endsEarly = gaps.Any(g => g.Stage == Stages.File) && facts.Window.IsWindow;
        if (isDisturbed || endsEarly || ledger.UncountedHoles > 0 || ledger.FaultyStreams > 0) return new CountRange(least, null);
        long records = ledger.RecordsLost + ledger.Cpus.Sum(c => (c.RecordsLeft ?? 0) + c.RecordsMissedByReader) + ledger.UnparsedLines;
        return new CountRange(least, Math.Max(least, records));
    }
}

/// <summary>The items of one capture in the tables of a comparison, by keys that are the same in another capture.</summary>
internal sealed class DiffItems(CaptureFacts facts)
{
    private const string NotSpecified = "NOT_SPECIFIED";
    private const string DropEvent = "kfree_skb";

    /// <summary>All drops in the bins of the timeline.</summary>
    public int[]? All { get; } = Series.Sum(facts.Binned.Cells.Select(c => c.Drops));

    /// <param name="isOneVersion">Otherwise drops without a reason may have any reason of the other kernel.</param>
    public IEnumerable<DiffItem> Reasons(bool isOneVersion) => Of(Dimension.Reasons, r => new ReasonKey(r.Reason, null), (r, item) => item with
    {
        IsName = ReasonWords.IsName(r.Reason),
        IsUnknown = !isOneVersion && (r.Reason is null or NotSpecified),
    });

    /// <param name="byReason">Whether the drops of one function are separated by their reason.</param>
    /// <param name="byLocation">Whether the functions are those that freed the packets, which a capture without stacks knows as well.</param>
    public IEnumerable<DiffItem> Functions(bool byReason, bool byLocation) => Dimension.Sites.List(facts).Zip(Dimension.Sites.Bins(facts))
        .SelectMany(s => byLocation ? Locations(s.First) : [(s.First.Function, s.First.Drops, s.Second)], (s, f) =>
            new DiffItem(new FunctionKey(f.Function, null, byReason ? s.First.Reason : null, null), FunctionWords.Name(f.Function), f.Drops, f.Bins)
            {
                Reason = byReason ? ReasonWords.Name(s.First.Reason) : null,
                IsName = f.Function is not null,
                IsUnknown = f.Function is null,
            });

    public IEnumerable<DiffItem> Drivers() => Of(
        Dimension.Drivers, d => new DriverKey(d.Driver, null, d.Driver is null ? d.Candidates : null, null),
        (d, item) => item with { IsName = d.Driver is not null, IsUnknown = d.Driver is null });

    /// <summary>By name: namespaces and indexes differ on every host.</summary>
    public IEnumerable<DiffItem> Interfaces() => Of(Dimension.Interfaces, i => new InterfaceKey(null, null, i.Name), (i, item) => item with { IsName = i.Name is not null });

    /// <summary>By name: having no owner is a known value too.</summary>
    public IEnumerable<DiffItem> Owners() => Of(Dimension.Owners, Dimension.Owners.Key, (o, item) => item with { IsName = o.Name is not null, IsUnknown = o.Others > 0 });

    public IEnumerable<DiffItem> Named(Dimension<CountedFacts> dimension) =>
        Of(dimension, dimension.Key, (c, item) => item with { IsUnknown = c.Name is null });

    public IEnumerable<DiffItem> Services()
    {
        Dictionary<string, int[]?> bins = facts.Services.Zip(Dimension.Services.Bins(facts)).ToDictionary(s => s.First.Service, s => s.Second);
        return facts.Conversations.GroupBy(c => c.Service, c => c.Drops).Select(s => new DiffItem(new ServiceKey(s.Key), s.Key, s.Sum(), bins.GetValueOrDefault(s.Key)));
    }

    public IEnumerable<DiffItem> Flows() =>
        facts.Conversations.Select(c => new DiffItem(new ConversationKey(c.Src, c.Dst, c.Service), $"{c.Src} → {c.Dst}, {c.Service}", c.Drops, c.Bins));

    private IEnumerable<DiffItem> Of<TRow>(Dimension<TRow> dimension, Func<TRow, DimensionKey> key, Func<TRow, DiffItem, DiffItem> finish) =>
        dimension.List(facts).Zip(dimension.Bins(facts)).Select(row =>
            finish(row.First, new DiffItem(key(row.First), dimension.Name(row.First) ?? DiffItem.Unknown, dimension.Drops(row.First), row.Second)));

    /// <summary>A site's drops by the function that freed them; those of rare locations that the site does not list are unknown.</summary>
    private static IEnumerable<(string? Function, long Drops, int[]? Bins)> Locations(SiteFacts site)
    {
        foreach (NamedDrops location in site.Locations)
        {
            yield return (SiteAttributor.Attribute(DropEvent, location.Name, null).Function, location.Drops, null);
        }

        long rest = site.Drops - site.Locations.Sum(l => l.Drops);
        if (rest > 0)
        {
            yield return (null, rest, null);
        }
    }
}

/// <summary>One thing in one capture, before the two are compared.</summary>
/// <param name="Key">What it is, in any capture.</param>
/// <param name="Name">The same for people: a reason, a function, a driver, an interface, a service, a conversation.</param>
/// <param name="Drops">Captured.</param>
/// <param name="Bins">The same in equal lengths of time; null if there are too many of this kind to keep their times.</param>
internal sealed record DiffItem(DimensionKey Key, string Name, long Drops, int[]? Bins)
{
    /// <summary>The name of the unknown item of a kind.</summary>
    public const string Unknown = "unknown";

    /// <summary>For a function the reason of its drops; null if reasons are not separated.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the name is the kernel's own spelling.</summary>
    public bool IsName { get; init; }

    /// <summary>Whether these drops may belong to any other item of the list.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The same item with another number of drops; with none it has no bins.</summary>
    public DiffItem With(long drops) => this with { Drops = drops, Bins = [] };

    /// <summary>One item for each key: interfaces of two namespaces may share a name, and two rules may name one driver.</summary>
    public static Dictionary<DimensionKey, DiffItem> Summed(IEnumerable<DiffItem> items) => items
        .GroupBy(i => i.Key)
        .ToDictionary(g => g.Key, g => g.First() with { Drops = g.Sum(i => i.Drops), Bins = Series.Sum(g.Select(i => i.Bins)), IsName = g.Any(i => i.IsName) });
}
