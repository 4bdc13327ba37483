using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>How the host was set up when it was captured: kernel and machine, interfaces, sockets that turned packets away, and what changed meanwhile.</summary>
internal static class HostSection
{
    private const int MostRows = 50;

    public static Section Of(ReportModel model)
    {
        HostAtThatTime host = model.Facts.Host;
        return new Section("host", "The host at that time")
        {
            Short = "Host",
            Parts = [.. host.IsKept ? [Machine(model), .. Interfaces(host)] : Array.Empty<Part>(), .. Sockets(host), .. Rules(host), .. Filters(host), .. Changes(host), .. LeftOut(host)],
        };
    }

    private static KnownLines Machine(ReportModel model)
    {
        HostAtThatTime host = model.Facts.Host;
        return new KnownLines(
            new KnownLine("Distribution", host.Distribution),
            new KnownLine("Machine", host.Machine) { Unknown = "not said" },
            new KnownLine("Running for", host.UptimeSeconds is { } seconds ? Uptime(seconds) : null),
            new KnownLine("Kernel's command line", host.KernelCommandLine) { IsName = true },
            new KnownLine("Kernel's build id", host.KernelBuildId) { Unknown = null, Note = "identifies the kernel's debug information", IsName = true });
    }

    private static IEnumerable<ReportTable> Interfaces(HostAtThatTime host)
    {
        if (host.LinksAfter.Count == 0) yield break;
        IReadOnlyDictionary<(long, string), int> addresses = host.AddressCounts;
        var devices = new Dictionary<(long, string), DeviceState>();
        foreach ((_, DeviceState device) in host.Devices) devices.TryAdd((device.Netns, device.Name), device);
        bool haveRings = devices.Values.Any(device => device.Number("ring", "rx") is not null);
        Column[] ring = haveRings ? [new("Receive ring", ColumnKind.Number) { IsHiddenWhenNarrow = true }] : [];
        yield return new ReportTable(
            "Interfaces as they were after the window.",
            [
                new("Interface", ColumnKind.Name), new("Namespace", ColumnKind.Number), new("Driver"), new("State"), new("MTU", ColumnKind.Number), new("Addresses", ColumnKind.Number),
                new("Queue"), new("Queue length", ColumnKind.Number) { IsHiddenWhenNarrow = true }, .. ring,
            ],
            [.. host.LinksAfter.Take(MostRows).Select(link => Link(link, devices.GetValueOrDefault((link.Netns, link.Name))))])
        { IsInFacts = false, Total = host.LinksAfter.Count };

        Row Link(LinkState link, DeviceState? device) => new(
        [
            new NameCell(link.Name) { Notes = link.Master is { } master ? [$"member of `{master}`"] : [] }, new NumberCell(link.Netns), new TextCell(device?.Driver ?? link.Kind),
            new TextCell(link.State), new NumberCell(link.Mtu), new NumberCell(addresses.GetValueOrDefault((link.Netns, link.Name))), new TextCell(link.Qdisc), new NumberCell(link.QueueLength),
            .. haveRings ? [new NumberCell(device?.Number("ring", "rx")) { Notes = device?.Number("ring", "rx_max") is { } most ? [$"of {Count(most)}"] : [] }] : Array.Empty<Cell>(),
        ]);
    }

    private static IEnumerable<ReportTable> Sockets(HostAtThatTime host)
    {
        List<SocketChange> sockets = [.. host.SocketChanges.Where(s => s.Dropped > 0).OrderByDescending(s => s.Dropped)];
        if (sockets.Count == 0) yield break;
        yield return new ReportTable(
            "Sockets that turned packets away during the window, by their own counts. Of a listener, the queue holds connections that wait to be accepted; of others, memory of packets that wait to be read.",
            [
                new("Socket", ColumnKind.Name), new("Turned away", ColumnKind.Count), new("Process", ColumnKind.Name), new("In its queue"), new("Limit"), new("Namespace", ColumnKind.Number) { IsHiddenWhenNarrow = true },
            ],
            [.. sockets.Take(MostRows).Select(s => new Row(
                new NameCell(s.Last.Name), new CountCell(s.Dropped),
                new NameCell(s.Holder?.Comm) { Notes = s.Holder is { } holder ? [$"pid {holder.Pid}"] : [] },
                new TextCell(s.Last.IsListener ? s.Last.ReceiveQueue is { } waiting ? Count(waiting) : null : s.Last.ReceiveMemory is { } memory ? Bytes(memory) : null),
                new TextCell(s.Last.IsListener ? s.Last.SendQueue is { } limit ? Count(limit) : null : s.Last.ReceiveBuffer is { } buffer ? Bytes(buffer) : null),
                new NumberCell(s.Last.Netns)))])
        { IsInFacts = false, Total = sockets.Count };
    }

    private static IEnumerable<ReportTable> Rules(HostAtThatTime host)
    {
        IReadOnlyList<FirewallRule> rules = host.Firewall.Dropping;
        if (rules.Count == 0) yield break;
        yield return new ReportTable(
            "Firewall rules that drop packets and counted some during the window, by their own counts.",
            [new("Chain", ColumnKind.Name), new("Rule", ColumnKind.Number), new("Packets", ColumnKind.Count), new("Text", ColumnKind.Name), new("Namespace", ColumnKind.Number) { IsHiddenWhenNarrow = true }],
            [.. rules.Take(MostRows).Select(rule => new Row(
                new NameCell(rule.Chain.Words.Trim('`')), new NumberCell(rule.Handle), new CountCell(rule.Counted), new NameCell(rule.Text), new NumberCell(rule.Chain.Netns)))])
        { IsInFacts = false, Total = rules.Count };
    }

    private static IEnumerable<ReportTable> Filters(HostAtThatTime host)
    {
        List<TcFilter> filters = [.. host.Filters.Where(filter => filter.Dropped > 0).OrderByDescending(filter => filter.Dropped)];
        if (filters.Count == 0) yield break;
        yield return new ReportTable(
            "Filters of traffic control (tc) that dropped packets during the window, by the counts of their actions.",
            [
                new("Interface", ColumnKind.Name), new("Where"), new("Priority"), new("Handle"), new("Dropped", ColumnKind.Count), new("Matches", ColumnKind.Name), new("Action", ColumnKind.Name),
                new("Namespace", ColumnKind.Number) { IsHiddenWhenNarrow = true },
            ],
            [.. filters.Take(MostRows).Select(filter => new Row(
                new NameCell(filter.Interface), new TextCell(filter.Parent), new TextCell(filter.Priority), new TextCell(filter.Handle), new CountCell(filter.Dropped),
                new NameCell($"{filter.Kind} {filter.What}".Trim()), new NameCell($"{filter.Action} {filter.Verdict}".Trim()), new NumberCell(filter.Netns)))])
        { IsInFacts = false, Total = filters.Count };
    }

    private static IEnumerable<Bullets> Changes(HostAtThatTime host)
    {
        List<string> changes = [.. host.ChangedLinks().Concat(host.ChangedSettings().Where(IsMeant).Select(s => $"`{s.Name}` in namespace {s.Netns}: {s.Before}, then {s.After}")).Take(MostRows + 1)];
        if (changes.Count == 0) yield break;
        yield return new Bullets([.. changes.Take(MostRows), .. changes.Count > MostRows ? ["and more"] : Array.Empty<string>()], $"Changed during the window: {(changes.Count > MostRows ? $"more than {MostRows}" : changes.Count)}");
    }

    // Some settings are counts: they always move.
    private static bool IsMeant((long Netns, string Name, string Before, string After) setting) =>
        !setting.Name.EndsWith("_count", StringComparison.Ordinal) && !setting.Name.EndsWith(".inode-nr", StringComparison.Ordinal);

    private static IEnumerable<Bullets> LeftOut(HostAtThatTime host)
    {
        IReadOnlyList<(string File, string Why)> left = host.LeftOut;
        if (left.Count > 0) yield return new Bullets([.. left.Take(MostRows).Select(each => $"{each.File}: {each.Why}")], $"Left out: {Count(left.Count, "part")} of the host's state");
    }

    private static string Uptime(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e10)) switch
    {
        { TotalDays: >= 1 } time => Count((long)time.TotalDays, "day"),
        { TotalHours: >= 1 } time => Count((long)time.TotalHours, "hour"),
        { TotalMinutes: >= 1 } time => Count((long)time.TotalMinutes, "minute"),
        var time => Count((long)time.TotalSeconds, "second"),
    };
}
