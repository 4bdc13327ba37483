using System.Text;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.HostState;

/// <summary>How the host was set up when it was captured, as far as the capture keeps it: before the window and after it.</summary>
internal sealed class HostAtThatTime
{
    private const string Sockets = "sockets.tsv", Links = "links.tsv", Ethtool = "ethtool.tsv", Qdiscs = "qdiscs.tsv", Classes = "classes.tsv", Addresses = "addresses.tsv", Routes = "routes.tsv",
        Neighbours = "neighbours.tsv", Settings = "/proc/sys/net", Release = "/etc/os-release", CommandLine = "/proc/cmdline", Uptime = "/proc/uptime",
        Vendor = "/sys/class/dmi/id/sys_vendor", Product = "/sys/class/dmi/id/product_name", Missing = "missing.tsv", Softnet = "/proc/net/softnet_stat", BuildIds = "build-ids.tsv", Tcx = "tcx.tsv", Devlink = "devlink.tsv", HostSettings = "/proc/sys";

    /// <summary>The tables of firewall rules and of tc filters.</summary>
    private const string RoutingRules = "rules.tsv", Interrupts = "/proc/interrupts", Softirqs = "/proc/softirqs", Irqs = "irqs.tsv";

    public const string Rules = "firewall.tsv", Filtering = "filters.tsv";

    /// <summary>What a capture without these artifacts has.</summary>
    public static HostAtThatTime None { get; } = new([]);

    private readonly Dictionary<(long Netns, string Path, bool IsAfter), byte[]> _files;
    private readonly Dictionary<(long Netns, bool IsAfter), IReadOnlyDictionary<string, string>> _settings = [];
    private readonly Dictionary<long, RouteLookup?> _routes = [];

    /// <summary>The artifacts to read, by path.</summary>
    public static string[] Paths { get; } =
        [Sockets, Links, Ethtool, Qdiscs, Classes, Filtering, Addresses, Routes, RoutingRules, Neighbours, Interrupts, Softirqs, Irqs, Settings, Release, CommandLine, Uptime, Vendor, Product, Missing, Softnet, Rules, BuildIds, Tcx, Devlink, HostSettings];

    public HostAtThatTime(IEnumerable<StateFile> files)
    {
        _files = files.ToDictionary(file => (file.Netns, file.Path, file.IsAfter), file => file.Content);
        SocketChanges = [.. ReadSockets()];
        SocketNamespaces = _files.Keys.Where(file => file.Path == Sockets).GroupBy(file => file.Netns).Where(both => both.Count() == 2).Select(both => both.Key).ToHashSet();
        LinksAfter = [.. Tables(Links).SelectMany(table => LinkState.Parse(table.Netns, table.Text))];
        Devices = [.. Pairs(Ethtool, DeviceState.Parse, device => device.Name)];
        Firewall = new Firewall(Tables(Rules).Select(table => (table.Netns, Before(table.Netns, Rules), table.Text)));
        Filters = [.. Tables(Filtering).SelectMany(table => TcFilter.Parse(table.Netns, Before(table.Netns, Filtering), table.Text))];
        QdiscChanges = [.. Pairs(Qdiscs, QdiscState.Parse, qdisc => (qdisc.Interface, qdisc.Handle, qdisc.Parent, qdisc.Kind))];
        ClassChanges = [.. Pairs(Classes, QdiscState.Parse, each => (each.Interface, each.Handle, each.Parent, each.Kind))];

        // Null if what was read afterwards is not known.
        TsvText? Before(long netns, string path) => WasReadTwice(netns, path) ? new TsvText(_files.GetValueOrDefault((netns, path, false)) ?? []) : null;
    }

    /// <summary>Whether the capture keeps how the host was set up.</summary>
    public bool IsKept => _files.Keys.Any(file => file.Path is Links or Settings or Rules);

    /// <summary>Each socket once.</summary>
    public IReadOnlyList<SocketChange> SocketChanges { get; }

    /// <summary>Network namespaces whose sockets were listed both before the window and after it.</summary>
    public IReadOnlySet<long> SocketNamespaces { get; }

    /// <summary>The interfaces, as they were last.</summary>
    public IReadOnlyList<LinkState> LinksAfter { get; }

    /// <summary>What drivers told of their devices; before it is null where the device came later, or nothing was kept.</summary>
    public IReadOnlyList<(DeviceState? Before, DeviceState After)> Devices { get; }

    public IReadOnlyList<(QdiscState? Before, QdiscState After)> QdiscChanges { get; }

    /// <summary>Classes of queueing disciplines.</summary>
    public IReadOnlyList<(QdiscState? Before, QdiscState After)> ClassChanges { get; }

    /// <summary>Its firewall rules.</summary>
    public Firewall Firewall { get; }

    /// <summary>Its tc filters, each of their actions once.</summary>
    public IReadOnlyList<TcFilter> Filters { get; }

    /// <summary>Whether all filters of a network namespace were listed; null: of all namespaces that were.</summary>
    public bool AreFiltersComplete(long? netns) => WhyNotListed(Filtering, netns) is null && Tables(Filtering).All(table => (netns is not null && table.Netns != netns) || table.Text.Remarks.Count == 0);

    /// <summary>BPF programs attached by tcx on <c>ingress</c> or <c>egress</c>, before the window or after it; null if they were not asked for.</summary>
    /// <param name="netns">Of the interfaces; null: of all that are known.</param>
    public IReadOnlyList<TcxProgram>? TcxPrograms(long? netns) => _files.Keys.Any(file => file.Path == Tcx && (netns is null || file.Netns == netns)) && WhyNotListed(Tcx, netns) is null
        ? [.. _files.Where(file => file.Key.Path == Tcx && (netns is null || file.Key.Netns == netns)).SelectMany(file => TcxProgram.Parse(file.Key.Netns, new TsvText(file.Value))).Distinct()] : null;

    /// <summary>What cards told of themselves through devlink; before it is null where it came later, or had counted nothing.</summary>
    public IReadOnlyList<(DevlinkState? Before, DevlinkState After)> DevlinkChanges => [.. Pairs(Devlink, DevlinkState.Parse, each => (each.Device, each.Port, each.Kind, each.Name))];

    /// <summary>How many addresses each interface had last.</summary>
    public IReadOnlyDictionary<(long Netns, string Interface), int> AddressCounts => Tables(Addresses)
        .SelectMany(table => table.Text.Rows.Select(row => (table.Netns, Interface: row.Text("interface") ?? "")))
        .GroupBy(each => each).ToDictionary(each => each.Key, each => each.Count());

    /// <summary>Where a namespace sends packets; null if its routes are not kept.</summary>
    public RouteLookup? RoutesOf(long netns)
    {
        if (!_routes.TryGetValue(netns, out RouteLookup? known))
        {
            known = Content(netns, Routes, isAfter: true) is { } routes && Content(netns, RoutingRules, isAfter: true) is { } rules ? new RouteLookup(new TsvText(routes), new TsvText(rules)) : null;
            _routes.Add(netns, known);
        }

        return known;
    }

    /// <summary>The state of an entry of the neighbour table as it was last: <c>failed</c>; null if there is none.</summary>
    public string? NeighbourState(long netns, string link, string address) => Content(netns, Neighbours, isAfter: true) is { } content
        ? new TsvText(content).Rows.FirstOrDefault(row => row.Text("interface") == link && row.Text("address") == address)?.Text("state") : null;

    /// <summary>IPv6 addresses that are not used because another host answered for them.</summary>
    public IEnumerable<(long Netns, string Interface, string Address)> DuplicateAddresses() =>
        from table in Tables(Addresses)
        from row in table.Text.Rows
        where row.Text("flags") is { } flags && flags.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(flags.AsSpan(2), System.Globalization.NumberStyles.AllowHexSpecifier, null, out long set) && (set & DadFailed) != 0
        select (table.Netns, row.Text("interface") ?? "", row.Text("address") ?? "");

    // IFA_F_DADFAILED (include/uapi/linux/if_addr.h).
    private const long DadFailed = 8;

    /// <summary>How many receive softirqs each CPU ran during the window; empty if that is not kept.</summary>
    public IReadOnlyDictionary<long, long> ReceiveSoftirqs() => InterruptCounts.Growth(_files.GetValueOrDefault((0, Softirqs, false)), _files.GetValueOrDefault((0, Softirqs, true)))
        .Where(each => each.Key.Source == "NET_RX").ToDictionary(each => each.Key.Cpu, each => each.Value);

    /// <summary>The numbered interrupt that came to a CPU most often during the window; null if none did, or that is not kept.</summary>
    public (string Number, string Name, long Times, string? Affinity)? BusiestInterrupt(long cpu)
    {
        byte[]? after = _files.GetValueOrDefault((0, Interrupts, true));
        (string Source, long Cpu, long Times)[] its = [.. InterruptCounts.Growth(_files.GetValueOrDefault((0, Interrupts, false)), after)
            .Where(each => each.Key.Cpu == cpu && each.Key.Source.All(char.IsAsciiDigit)).Select(each => (each.Key.Source, cpu, each.Value)).OrderByDescending(each => each.Value)];
        if (its is not [var most, ..]) return null;
        TsvRow? row = Tables(Irqs).SelectMany(table => table.Text.Rows).FirstOrDefault(row => row.Text("irq") == most.Source);
        return (most.Source, row?.Text("name") ?? InterruptCounts.NameOf(after, most.Source) ?? "", most.Times, row?.Text("affinity"));
    }

    /// <summary>How many entries the tables of neighbours had, of all namespaces; null where they are not kept.</summary>
    public int? Neighbors => Tables(Neighbours).ToList() is { Count: > 0 } tables ? tables.Sum(table => table.Text.Rows.Count) : null;

    /// <summary><c>Debian GNU/Linux 13 (trixie)</c></summary>
    public string? Distribution => Whole(Release)?.Split('\n').FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal)) is { } line
        ? Visible.Text(line["PRETTY_NAME=".Length..].Trim().Trim('"')) : null;

    /// <summary><c>QEMU Standard PC</c>: who made the machine, and what it is.</summary>
    public string? Machine => string.Join(' ', new[] { Line(Vendor), Line(Product) }.OfType<string>()) is { Length: > 0 } text ? text : null;

    public string? KernelCommandLine => Line(CommandLine);

    /// <summary>The kernel's, by which its debug information is found.</summary>
    public string? KernelBuildId => ModuleBuildIds.GetValueOrDefault("kernel");

    /// <summary>By module, <c>kernel</c> is the kernel: in hexadecimal. Files are looked for by them, so what is anything else is left out.</summary>
    public IReadOnlyDictionary<string, string> ModuleBuildIds => Tables(BuildIds).SelectMany(table => table.Text.Rows)
        .Where(row => row.Text("module") is not null && row.Text("build_id") is { Length: > 2 } id && id.All(char.IsAsciiHexDigitLower))
        .DistinctBy(row => row.Text("module")).ToDictionary(row => row.Text("module") ?? "", row => row.Text("build_id") ?? "");

    /// <summary>Seconds since boot when the window had closed.</summary>
    public double? UptimeSeconds => double.TryParse(Whole(Uptime)?.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture, out double seconds) ? seconds : null;

    /// <summary>What of it was left out, and why; without what is as it was before.</summary>
    public IReadOnlyList<(string File, string Why)> LeftOut => [.. Tables(Missing).SelectMany(table => table.Text.Rows)
        .Where(row => row.Text("why") is { } why && why != AsBefore).Select(row => (row.Text("file") ?? "", row.Text("why") ?? ""))];

    /// <summary>Why a table of a network namespace was not made; null where it was, or where there is nothing to list.</summary>
    /// <param name="path">The table.</param>
    /// <param name="netns">The namespace; null: any of them.</param>
    public string? WhyNotListed(string path, long? netns)
    {
        bool wasEntered = netns is not null && _files.Keys.Any(file => file.Netns == netns);
        foreach (TsvRow row in Tables(Missing).SelectMany(table => table.Text.Rows))
        {
            (long? whose, string file) = (row.Number("netns"), row.Text("file") ?? "");

            // Namespaces that no time was left for are counted together.
            bool isAll = file == "all" || (whose is null && file.Contains("network namespace", StringComparison.Ordinal));
            if (row.Text("why") is { } why && why != AsBefore && (file == path || (isAll && !wasEntered)) && (whose is null || netns is null || whose == netns)) return why;
        }

        return !wasEntered && Tables(Missing).Any(table => table.Text.Remarks.Count > 0) ? "so much is missing that the list of it is cut" : null;
    }

    private const string AsBefore = "as before the window";

    /// <summary>A setting as it was last: <c>net.ipv4.ip_forward</c>; of namespace 0 those of the whole host: <c>vm.min_free_kbytes</c>.</summary>
    public string? Setting(long netns, string name) => SettingsOf(netns, isAfter: true).GetValueOrDefault(name);

    /// <summary>The same as a number.</summary>
    public long? Number(long netns, string name) => long.TryParse(Setting(netns, name), out long number) ? number : null;

    /// <summary>Network namespaces whose settings are kept.</summary>
    public IEnumerable<long> SettingNamespaces => _files.Keys.Where(file => file.Path == Settings).Select(file => file.Netns).Distinct().Order();

    /// <summary>Settings that were changed in between.</summary>
    public IEnumerable<(long Netns, string Name, string Before, string After)> ChangedSettings() =>
        from netns in _files.Keys.Where(file => file.Path == Settings && file.IsAfter).Select(file => file.Netns).Order()
        from now in SettingsOf(netns, isAfter: true)
        let before = SettingsOf(netns, isAfter: false).GetValueOrDefault(now.Key)
        where before is not null && before != now.Value
        select (netns, now.Key, before, now.Value);

    /// <summary>Interfaces that came, went, or changed their state or MTU in between, a sentence each; backticks mark names.</summary>
    public IEnumerable<string> ChangedLinks()
    {
        foreach (long netns in _files.Keys.Where(file => file is { Path: Links, IsAfter: true }).Select(file => file.Netns).Order())
        {
            if (_files.GetValueOrDefault((netns, Links, false)) is not { } earlier) continue;
            Dictionary<string, LinkState> before = LinkState.Parse(netns, new TsvText(earlier)).DistinctBy(link => link.Name).ToDictionary(link => link.Name);
            Dictionary<string, LinkState> after = LinksAfter.Where(link => link.Netns == netns).DistinctBy(link => link.Name).ToDictionary(link => link.Name);
            foreach (LinkState link in after.Values)
            {
                if (!before.TryGetValue(link.Name, out LinkState? was)) yield return $"`{link.Name}` in namespace {netns} is new";
                else if (was.State != link.State) yield return $"`{link.Name}` in namespace {netns}: state {was.State}, then {link.State}";
                else if (was.Mtu != link.Mtu) yield return $"`{link.Name}` in namespace {netns}: MTU {was.Mtu}, then {link.Mtu}";
            }

            foreach (string name in before.Keys.Except(after.Keys)) yield return $"`{name}` in namespace {netns} is gone";
        }
    }

    /// <summary>CPUs that ran out of time or budget while packets still waited in a ring: third column of softnet_stat, all CPUs together.</summary>
    public long? TimeSqueezes => Squeezes(isAfter: true) is { } after && Squeezes(isAfter: false) is { } before && after >= before ? after - before : null;

    private long? Squeezes(bool isAfter) => _files.GetValueOrDefault((0, Softnet, isAfter)) is { } content
        ? Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Sum(line => line.Split(' ') is [_, _, var squeezed, ..] && long.TryParse(squeezed, System.Globalization.NumberStyles.HexNumber, null, out long count) ? count : 0) : null;

    private IReadOnlyDictionary<string, string> SettingsOf(long netns, bool isAfter)
    {
        if (_settings.TryGetValue((netns, isAfter), out IReadOnlyDictionary<string, string>? known)) return known;
        var settings = new Dictionary<string, string>();
        if (Content(netns, netns == 0 ? HostSettings : Settings, isAfter) is { } content)
        {
            foreach (string line in Encoding.UTF8.GetString(content).Split('\n'))
            {
                int equals = line.IndexOf(" = ", StringComparison.Ordinal);
                if (equals > 0 && line[0] != '#') settings[Visible.Text(line[..equals])] = Visible.Text(line[(equals + 3)..].Replace('\t', ' '));
            }
        }

        return _settings[(netns, isAfter)] = settings;
    }

    // What could not be read afterwards is missing for another reason, and tells of no change.
    private bool WasReadTwice(long netns, string path) => _files.ContainsKey((netns, path, true)) || new TsvText(_files.GetValueOrDefault((0, Missing, true)) ?? []).Rows
        .Any(row => row.Text("why") == AsBefore && row.Number("netns") == netns && row.Text("file")?.Split(' ').Contains(path) == true);

    // A file that did not change is kept once, as it was before.
    private byte[]? Content(long netns, string path, bool isAfter) =>
        _files.GetValueOrDefault((netns, path, isAfter)) ?? (isAfter ? _files.GetValueOrDefault((netns, path, false)) : null);

    private string? Whole(string path) => Content(0, path, isAfter: true) is { } content ? Encoding.UTF8.GetString(content) : null;

    private string? Line(string path) => Whole(path)?.Trim() is { Length: > 0 } text ? Visible.Text(text) : null;

    /// <summary>The tables of a name as they were last, by namespace.</summary>
    private IEnumerable<(long Netns, TsvText Text)> Tables(string path) => _files.Keys.Where(file => file.Path == path).Select(file => file.Netns).Distinct().Order()
        .Select(netns => (netns, new TsvText(Content(netns, path, isAfter: true) ?? [])));

    private IEnumerable<(T? Before, T After)> Pairs<T, TKey>(string path, Func<long, TsvText, IEnumerable<T>> parse, Func<T, TKey> key) where T : class where TKey : notnull
    {
        foreach ((long netns, TsvText text) in Tables(path))
        {
            var before = new Dictionary<TKey, T>();
            foreach (T row in parse(netns, new TsvText(_files.GetValueOrDefault((netns, path, false)) ?? []))) before.TryAdd(key(row), row);
            foreach (T row in parse(netns, text)) yield return (before.GetValueOrDefault(key(row)), row);
        }
    }

    private IEnumerable<SocketChange> ReadSockets()
    {
        foreach (long netns in _files.Keys.Where(file => file.Path == Sockets).Select(file => file.Netns).Distinct().Order())
        {
            List<SocketState> before = Read(netns, false), after = Read(netns, true);
            var later = new Dictionary<(string, int, long), SocketState>();
            foreach (SocketState socket in after) later.TryAdd(Key(socket), socket);
            foreach (SocketState socket in before)
            {
                later.Remove(Key(socket), out SocketState? now);
                yield return new SocketChange(socket, now);
            }

            foreach (SocketState socket in later.Values) yield return new SocketChange(null, socket);
        }

        List<SocketState> Read(long netns, bool isAfter) =>
            _files.GetValueOrDefault((netns, Sockets, isAfter)) is { } content ? [.. SocketState.Parse(netns, new TsvText(content))] : [];

        static (string, int, long) Key(SocketState socket) => (socket.Protocol, socket.Port, socket.Inode);
    }
}

/// <summary>An artifact.</summary>
/// <param name="Netns">Inode of the network namespace it speaks of; 0: of the whole host.</param>
/// <param name="Path">Its path.</param>
/// <param name="IsAfter">Whether it is of after the window.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record StateFile(long Netns, string Path, bool IsAfter, byte[] Content);
