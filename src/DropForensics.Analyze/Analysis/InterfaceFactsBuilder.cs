using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Procfs;

namespace DropForensics.Analyze.Analysis;

/// <summary>Gathers what the pass counted by interface: the interfaces, and the namespaces they are in.</summary>
internal sealed class InterfaceFactsBuilder(
    DropPass pass, LinkNames names, IReadOnlyDictionary<long, ReasonRow> reasons, InterfaceTraffic traffic, CaptureInfo capture, long drops)
{
    private const string Known = "the packet pointed to it";

    /// <summary>Drops of packets whose interface is known.</summary>
    public long WithInterface { get; } = pass.Sites.Where(s => names.Row(s.Key.Interface) is not null).Sum(s => s.Value.Drops);

    /// <summary>Drops by interface, those without one among them.</summary>
    public IReadOnlyList<InterfaceFacts> Interfaces()
    {
        ILookup<long, (string? Name, long Drops)> incoming = pass.Sites.Where(s => s.Key.Interface >= 0 || s.Key.Iif >= 0)
            .ToLookup(s => s.Key.Interface, s => (s.Key.Iif < 0 ? null : names.ByIndex(names.Row(s.Key.Interface)?.Netns, s.Key.Iif), s.Value.Drops));
        return pass.Sites
            .GroupBy(s => names.Row(s.Key.Interface) is null ? DropPass.NotGiven : s.Key.Interface)
            .Select(g => Of(names.Row(g.Key), incoming[g.Key], g.Select(s => (reasons.GetValueOrDefault(s.Key.Reason)?.Name, s.Value.Drops)).ToList()))
            .OrderByDescending(i => i.Drops).ThenBy(i => i.Name, StringComparer.Ordinal).ThenBy(i => i.Netns)
            .ToList();
    }

    /// <summary>Drops by network namespace, those of unknown ones among them.</summary>
    public IReadOnlyList<NamespaceFacts> Namespaces(IEnumerable<TaskRow> tasks, NamespaceNames users)
    {
        Dictionary<long, Tally> byNetns = [];
        foreach (TaskRow task in tasks.Where(t => t.Netns is not null && t.Comm != "<...>" && pass.By(Dimension.Processes).Has(t.Id)))
        {
            long netns = task.Netns!.Value; // not null by the filter
            if (!byNetns.TryGetValue(netns, out Tally? tally))
            {
                byNetns.Add(netns, tally = new Tally());
            }

            tally.Add(task.Comm, pass.By(Dimension.Processes).Of(task.Id));
        }

        return pass.Sites
            .GroupBy(s => names.Row(s.Key.Interface)?.Netns)
            .Select(g => new NamespaceFacts(
                g.Key, g.Key is null ? [] : Tally.Of(g.Select(s => (names.Row(s.Key.Interface)?.Name, s.Value.Drops))).Top(),
                g.Key is { } inode && byNetns.TryGetValue(inode, out Tally? found) ? found.Top().Select(t => t.Name).OfType<string>().ToList() : [],
                g.Sum(s => s.Value.Drops), Share(g.Sum(s => s.Value.Drops)))
            {
                UsedBy = users.Of(g.Key),
            })
            .OrderByDescending(n => n.Drops).ThenBy(n => n.Netns)
            .ToList();
    }

    private InterfaceFacts Of(LinkRow? link, IEnumerable<(string? Name, long Drops)> incoming, List<(string? Name, long Drops)> byReason)
    {
        long count = byReason.Sum(r => r.Drops);
        return new InterfaceFacts
        {
            Name = link?.Name,
            IfIndex = (int?)link?.IfIndex,
            Netns = link?.Netns,
            Driver = link?.Driver,
            BaseDriver = link?.BaseDriver,
            Lower = link is null ? [] : names.Lower(link),
            Meaning = link is null ? WhyUnknown() : Known,
            Incoming = Tally.Of(incoming).Top(),
            Received = link is null ? null : traffic.Received(link.Netns, link.Name),
            Reasons = Tally.Of(byReason).Top(),
            Drops = count,
            Share = Share(count),
        };
    }

    private string WhyUnknown() => capture.TellsInterfaces || WithInterface > 0
        ? "the packet pointed to no device (a program is still writing it, or it is in a socket's queue), or the pointer was not valid"
        : "this probe does not show the interface";

    private double Share(long count) => drops == 0 ? 0 : (double)count / drops;
}

/// <summary>
/// What interfaces received while the window was open: the growth of their counters in /proc/net/dev, which the agent read before and
/// after.
/// </summary>
/// <param name="files">That file of each namespace: its inode, and whether it was read after.</param>
internal sealed class InterfaceTraffic(IEnumerable<(long Netns, bool After, byte[] Text)> files)
{
    private readonly Dictionary<(long Netns, bool After), IReadOnlyDictionary<string, (long Received, long Sent)>> _packets =
        files.ToDictionary(f => (f.Netns, f.After), f => NetDev.Packets(f.Text));

    /// <summary>Packets received; null where a reading is missing, or the counter went back.</summary>
    public long? Received(long netns, string name) => Counter(netns, true, name) - Counter(netns, false, name) is >= 0 and long gain ? gain : null;

    private long? Counter(long netns, bool after, string name) =>
        _packets.TryGetValue((netns, after), out IReadOnlyDictionary<string, (long Received, long Sent)>? links) && links.TryGetValue(name, out (long Received, long Sent) packets) ? packets.Received : null;
}
