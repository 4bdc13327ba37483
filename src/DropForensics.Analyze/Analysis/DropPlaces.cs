using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Attribution;

namespace DropForensics.Analyze.Analysis;

/// <summary>What the drops have in common that the pass counted under one key.</summary>
internal sealed class DropPlaces(IReadOnlyDictionary<long, SiteReading> readings, IReadOnlyDictionary<long, ReasonRow> reasons, LinkNames names, OwnerIndex owners)
{
    /// <param name="key">Of the pass.</param>
    /// <param name="withStack">False if the key represents several that differ by their stack.</param>
    public DropPlace Of(SiteKey key, bool withStack)
    {
        SiteReading reading = readings[key.Site];
        LinkRow? link = names.Row(key.Interface);
        DriverReading driver = DriverReading.Of(reading, link);
        ReasonRow? reason = reasons.GetValueOrDefault(key.Reason);
        return new DropPlace(
            reading.Function, reading.Module, reason?.Name, reason?.Subsystem,
            driver.Driver, driver.Rule, driver.Candidates, DriverMeaning.Of(reading, driver), reading.Entry, EntryMeaning.Of(reading),
            link?.Netns, (int?)link?.IfIndex, link?.Name, DirectionOf(reading, link, key.Iif), withStack ? reading.Row.StackId : null, owners.NameOf(key.Owner));
    }

    /// <summary>Drops by the dimensions that need no facts of their own, by id.</summary>
    public Dictionary<string, IReadOnlyList<CountedFacts>> Counted(DropPass pass, long drops)
    {
        List<(DropPlace Place, long Drops)> places = pass.Sites.Select(site => (Of(site.Key, withStack: true), site.Value.Drops)).ToList();
        return Dimension.Counted.ToDictionary(d => d.Id, d => d.DropColumn is not null ? ByColumn(pass, d, drops) : places
            .GroupBy(p => d.OfPlace?.Invoke(p.Place), p => p.Drops)
            .Select(g => new CountedFacts((g.Key as NameKey)?.Name, g.Sum(), (double)g.Sum() / drops))
            .OrderByDescending(c => c.Drops).ThenBy(c => c.Name, StringComparer.Ordinal)
            .ToList());
    }

    /// <summary>Drops by a dimension's column, the most first.</summary>
    public static IReadOnlyList<CountedFacts> ByColumn(DropPass pass, Dimension dimension, long drops) => pass.By(dimension).All
        .OrderByDescending(c => c.Drops).ThenBy(c => c.Key)
        .Select(c => c.Key < 0
            ? new CountedFacts(null, c.Drops, (double)c.Drops / drops)
            : new CountedFacts(dimension.NameOf?.Invoke(c.Key), c.Drops, (double)c.Drops / drops) { Number = c.Key })
        .ToList();

    // The kernel notes where a packet came in when it receives it, and moves the packet's interface on when it sends it: two that differ mean it was
    // on its way from one to the other. A packet that began here has come in nowhere.
    public static Direction DirectionOf(SiteReading reading, LinkRow? link, long iif) => link is null || iif < 0
        ? reading.IsOut == true ? Direction.Out
            : reading.IsOut == false || reading.Kind is EntryKind.Poll or EntryKind.Backlog or EntryKind.GroCells or EntryKind.HandOver ? Direction.In
            : Direction.Unknown
        : IsThrough(reading, link, iif) && reading.IsOut != false ? Direction.Through : Direction.In; // else it was handed up: from a port to its bridge, out of a tunnel

    /// <summary>Whether its interface is not the one it came in through, or it was to leave through the same.</summary>
    public static bool IsThrough(SiteReading reading, LinkRow? link, long iif) => link is not null && iif >= 0 && (iif != link.IfIndex || reading.IsOut == true);
}

/// <summary>
/// What interfaces are called: by name, and with the namespace where interfaces of several namespaces share a name.
/// </summary>
internal sealed class LinkNames
{
    private readonly IReadOnlyDictionary<long, LinkRow> _links;
    private readonly ILookup<(long Netns, long IfIndex), LinkRow> _byIndex;
    private readonly HashSet<string> _shared;

    /// <param name="links">All interfaces by id.</param>
    /// <param name="pointedTo">Ids of those that drops pointed to: only these can be taken for one another.</param>
    public LinkNames(IReadOnlyDictionary<long, LinkRow> links, IEnumerable<long> pointedTo)
    {
        _links = links;
        _byIndex = links.Values.ToLookup(l => (l.Netns, l.IfIndex));
        _shared = pointedTo.Select(links.GetValueOrDefault).OfType<LinkRow>()
            .GroupBy(l => l.Name).Where(g => g.Select(l => (l.Netns, l.IfIndex)).Distinct().Count() > 1).Select(g => g.Key).ToHashSet();
    }

    /// <summary>An interface's row; null where the drop pointed to none.</summary>
    public LinkRow? Row(long id) => _links.GetValueOrDefault(id);

    /// <summary><c>eth0</c>, <c>lo (netns 4026532281)</c>; null where the drop pointed to none.</summary>
    public string? Label(long id) => Row(id) is { } row ? Label(row) : null;

    /// <inheritdoc cref="Label(long)"/>
    public string Label(LinkRow row) => _shared.Contains(row.Name) ? $"{row.Name} (netns {row.Netns})" : row.Name;

    /// <summary>The name that an index has in a namespace; <c>ifindex 3</c> where that is not known, or was renamed.</summary>
    public string ByIndex(long? netns, long ifIndex) => netns is { } inode && _byIndex[(inode, ifIndex)].Select(l => l.Name).Distinct().Take(2).ToList() is [var only]
        ? only
        : $"ifindex {ifIndex}";

    /// <summary>Names of the interfaces below an interface.</summary>
    public IReadOnlyList<string> Lower(LinkRow row) => row.Lower is null
        ? []
        : row.Lower.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(index => long.TryParse(index, out long number) ? ByIndex(row.Netns, number) : index).ToList();
}

/// <summary>How a driver is known, or why it is not: the rules of attribution in words.</summary>
internal static class DriverMeaning
{
    public static string Of(SiteReading site, DriverReading reading) => (reading.Driver, reading.Rule, reading.Link) switch
    {
        (not null, DriverRule.Module, _) => "named by the kernel: the module of the frame that called into the stack",
        (not null, DriverRule.Interface, { Lower: not null } link) =>
            $"the packet's interface runs on top of an interface of this driver{Above(link)}",
        (not null, DriverRule.Interface, _) => "the packet's interface uses this driver",
        (not null, DriverRule.Symbol, _) => "likely: by the prefix of that function's name, because the trace names no module",
        (not null, DriverRule.Backlog, _) => "likely: inferred from the counters of the interfaces that feed the per-CPU backlog",
        (not null, var rule, _) => rule ?? "stored in the capture",
        (null, _, { Lower: not null } link) =>
            $"the packet's interface runs on top of others{Above(link)}, whose drivers differ or are unknown",
        (null, _, not null) => "the host reports no driver for the packet's interface",
        _ when site.Row.StackId is null => "no stack was recorded with them",
        _ when reading.Candidates is { } candidates => $"{Both(candidates)} fed the per-CPU backlog they were taken from; the stack does not show which",
        _ => site.Kind switch
        {
            EntryKind.Backlog => "they came through the per-CPU backlog, where the stack no longer shows what queued them",
            EntryKind.GroCells => "their origin is unknown: the queue of tunnels and MACsec (GRO cells) does not show whose packets they were",
            EntryKind.Poll or EntryKind.HandOver => "their origin is unknown: the function that passed them to the stack belongs to no known driver",
            EntryKind.SystemCall => "the stack shows no driver: it began in a system call that sends or reads a packet",
            EntryKind.Timer => "the stack shows no driver: it began in a timer",
            EntryKind.SocketClose => "the stack shows no driver: the packets waited in a socket that was being closed",
            EntryKind.Other => "the stack shows no driver: it began in the kernel's own work",
            _ => "their origin is unknown",
        },
    };

    /// <summary>The same in few words, for a picture.</summary>
    public static string Short(SiteReading site, DriverReading reading) => (reading.Driver, reading.Rule, reading.Link) switch
    {
        (not null, DriverRule.Module, _) => "named by the kernel",
        (not null, DriverRule.Interface, _) => "by the interface",
        (not null, DriverRule.Symbol, _) => "likely: by function name",
        (not null, DriverRule.Backlog, _) => "likely: counters",
        (not null, var rule, _) => rule ?? "",
        (null, _, not null) => "the host reports none",
        _ when site.Row.StackId is null => "no stack recorded",
        _ when reading.Candidates is { } candidates => $"{Both(candidates)} fed the backlog",
        _ => site.Kind switch
        {
            EntryKind.Backlog => "backlog: not in the stack",
            EntryKind.SystemCall => "none: a system call",
            EntryKind.Timer => "none: a timer",
            EntryKind.SocketClose => "none: a socket being closed",
            EntryKind.Other => "none in the stack",
            _ => "origin unknown",
        },
    };

    /// <summary><c>both</c>, <c>each</c></summary>
    public static string Both(string candidates) => candidates.Split(", ").Length == 2 ? "both" : "each";

    private static string Above(LinkRow link) => link.Driver is null ? "" : $" (through {link.Driver})";
}

/// <summary>What a drop's entry function is, where its name does not show it.</summary>
internal static class EntryMeaning
{
    /// <summary>In words; null for a driver's own function, whose name is clear enough.</summary>
    public static string? Of(SiteReading reading) => (reading.Entry, reading.Kind) switch
    {
        (null, _) when reading.Row.StackId is null => "no stack was recorded",
        (null, _) => "the origin is unknown",
        ("veth_poll", _) => "the receive queue of a veth pair",
        ("tun_get_user" or "tun_sendmsg", _) => "a program writing to a tun or tap device",
        ("napi_threaded_poll", _) => "a driver polled from a kernel thread",
        ("ieee80211_handle_queued_frames" or "ieee80211_tasklet_handler", _) => "mac80211's queue of frames, which wireless drivers fill",
        (_, EntryKind.Backlog) => "the per-CPU backlog, which loopback, veth and receive packet steering (RPS) feed",
        (_, EntryKind.GroCells) => "the receive queue of tunnels and MACsec (GRO cells)",
        (_, EntryKind.SystemCall) => "a system call: a program sent the packet, read it, or closed its socket",
        (_, EntryKind.Timer) => "a timer",
        (_, EntryKind.SocketClose) => "a socket being closed",
        (_, EntryKind.Other) => "it began here",
        _ => null,
    };
}
