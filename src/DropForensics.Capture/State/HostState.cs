using System.Diagnostics;
using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Core;

namespace DropForensics.Capture.State;

/// <summary>
/// How the host is set up: links, addresses, routes, queues, cards and settings of each network namespace, and what speaks of the whole host. No keys and no
/// arguments of processes are among it. It is bounded in size and time; what is left out is listed in the file <see cref="MissingPath"/>.
/// </summary>
internal sealed class HostState
{
    /// <summary>Path of the list of what is left out, among a capture's artifacts: the file, and why.</summary>
    public const string MissingPath = "missing.tsv";

    private const int MostBytes = 4 << 20, MostLinks = 4_000, MostMissing = 200;

    // Processor time, and time by the clock: drivers may make the kernel wait for their cards.
    private const long MostCpuNs = 100_000_000;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(1);

    // Of a namespace: memory of its sockets by protocol.
    private static readonly string[] OfNamespace = ["sockstat", "sockstat6"];

    private readonly HostRoot _host;
    private readonly List<(long Netns, HostFile File)> _files = [];
    private readonly TsvTable _missing = new(16 * 1024, "file", "netns", "why");
    private long _bytes, _cpuNs;

    private HostState(HostRoot host) => _host = host;

    /// <summary>Reads what can be read, and never fails.</summary>
    /// <param name="host">Where.</param>
    /// <param name="before">An earlier reading: a file that is still the same is not listed again, but named in the list of what is left out.</param>
    public static IReadOnlyList<(long Netns, HostFile File)> Read(HostRoot host, IReadOnlyList<(long Netns, HostFile File)>? before = null)
    {
        var state = new HostState(host);
        state.ReadHost();
        try
        {
            state.ReadNamespaces();
        }
        catch (Exception e)
        {
            state.Missing(0, "network namespaces", e.Message);
        }

        if (before is not null) state.LeaveOut(before);
        if (state._missing.Rows > 0) state._files.Add((0, new HostFile(MissingPath, state._missing.Bytes())));
        return state._files;
    }

    private void ReadHost()
    {
        try
        {
            foreach (HostFile file in HostFiles.Read(_host, (name, why) => Missing(0, name, why))) Add(0, file.Path, file.Content);
        }
        catch (Exception e)
        {
            // Whatever it is: evidence is not worth the capture.
            Missing(0, "files of the host", e.Message);
        }
    }

    private void ReadNamespaces()
    {
        long began = Stopwatch.GetTimestamp();
        int left = 0;

        // The own one first: where there is no time for all, it is most often the one whose packets are dropped.
        long? own = NetNamespaces.OfTask(_host, Environment.ProcessId);
        IReadOnlyList<NetNamespace> spaces = NetNamespaces.Find(_host, []);
        foreach (NetNamespace? space in spaces.Where(space => space.Inode == own).Concat(spaces.Where(space => space.Inode != own)))
        {
            if (_cpuNs > MostCpuNs || _bytes > MostBytes || Stopwatch.GetElapsedTime(began) > MostTime)
            {
                left++;
                continue;
            }

            try
            {
                if (NetNamespaces.Run(_host, space, () => ReadHere(space.Inode), out string? whyNot) is null) Missing(space.Inode, "all", whyNot);
            }
            catch (Exception e)
            {
                Missing(space.Inode, "all", e.Message);
            }
        }

        if (left > 0) Missing(0, left == 1 ? "one more network namespace" : $"{left} more network namespaces", "reading the others used up the time or the room for it");
    }

    private HostState ReadHere(long netns)
    {
        (IReadOnlyList<LinkState>? links, string? remark) = Links(netns);
        var names = links.DistinctBy(link => link.Index).ToDictionary(link => link.Index, link => link.Name);
        if (links.Count > 0) Add(netns, "links.tsv", LinkTable.Format(links, remark));
        var tables = new RouteTables(names, (file, why) => Missing(netns, file, why));
        Try(netns, "addresses.tsv", tables.Addresses);
        Try(netns, "routes.tsv", tables.Routes);
        Try(netns, "rules.tsv", tables.Rules);
        Try(netns, "neighbours.tsv", tables.Neighbours);
        var control = new TrafficControl(names);
        Try(netns, "qdiscs.tsv", control.Qdiscs);
        Try(netns, "classes.tsv", control.Classes);
        Try(netns, "filters.tsv", control.Filters);
        Try(netns, TcxTable.Path, () => TcxTable.Read(links));
        Try(netns, DevlinkTable.Path, DevlinkTable.Read);
        Try(netns, "ethtool.tsv", () => EthtoolTable.Read(links));
        Try(netns, FirewallTable.Path, () => FirewallTable.Read(_host));
        Try(netns, SysctlTree.Path, () => new SysctlTree(_host).Read());
        foreach (string name in OfNamespace) Try(netns, $"/proc/net/{name}", () => _host.TryRead($"/proc/thread-self/net/{name}"));
        _cpuNs += Libc.ReadClockNs(Libc.ClockThreadCpuTime);   // of a thread that does nothing else
        return this;
    }

    private (IReadOnlyList<LinkState> Links, string? Remark) Links(long netns)
    {
        const ushort GetLink = 18, ExtendedMask = 29;
        const byte SkipStatistics = 1 << 3;

        // struct ifinfomsg, then an attribute of 8 bytes
        Span<byte> request = stackalloc byte[24];
        request.Clear();
        (request[16], request[18], request[20]) = (8, (byte)ExtendedMask, SkipStatistics);
        try
        {
            var dump = NetlinkDump<LinkState>.Read(RouteNetlink.Route, GetLink, request, MostLinks, LinkState.TryParse);
            return (dump.Rows, dump.IsCut ? $"more than the {MostLinks} that are listed here" : dump.IsConsistent ? null : "they changed each time they were listed");
        }
        catch (IOException e)
        {
            Missing(netns, "links.tsv", e.Message);
            return ([], null);
        }
    }

    private void Try(long netns, string path, Func<byte[]?> read)
    {
        try
        {
            if (read() is { Length: > 0 } content) Add(netns, path, content);
        }
        catch (IOException e)
        {
            Missing(netns, path, e.Message);
        }
    }

    private void Add(long netns, string path, byte[] content)
    {
        _bytes += content.Length;
        _files.Add((netns, new HostFile(path, content)));
    }

    private void Missing(long netns, string file, string why)
    {
        if (_missing.Rows < MostMissing) _missing.Add(file, netns == 0 ? null : $"{netns}", why);
        else _missing.LeaveOut();
    }

    /// <summary>Why a file is left out that is as it was before.</summary>
    public const string AsBefore = "as before the window";

    private void LeaveOut(IReadOnlyList<(long Netns, HostFile File)> before)
    {
        var earlier = new Dictionary<(long, string), byte[]>();
        foreach ((long netns, HostFile? file) in before) earlier[(netns, file.Path)] = file.Content;
        var same = new SortedDictionary<long, List<string>>();
        _files.RemoveAll(each =>
        {
            if (!earlier.TryGetValue((each.Netns, each.File.Path), out byte[]? content) || !content.AsSpan().SequenceEqual(each.File.Content)) return false;
            if (!same.TryGetValue(each.Netns, out List<string>? files)) same[each.Netns] = files = [];
            files.Add(each.File.Path);
            return true;
        });
        foreach ((long netns, List<string>? files) in same) Missing(netns, string.Join(' ', files), AsBefore);
    }
}
