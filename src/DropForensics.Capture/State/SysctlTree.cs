using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.State;

/// <summary>
/// /proc/sys/net as one text, <c>net.ipv4.ip_forward = 1</c> a line, of the network namespace that the calling thread is in: first what findings speak of, then
/// all else, sorted, but for what is of one interface, which comes last.
/// </summary>
internal sealed class SysctlTree(HostRoot host)
{
    /// <summary>Path of the text among a capture's artifacts.</summary>
    public const string Path = "/proc/sys/net";

    // There may be no time for all of them.
    private static readonly string[] First =
    [
        "ipv4/ip_forward", "ipv6/conf/all/forwarding", "ipv4/conf/all/rp_filter", "ipv4/conf/all/src_valid_mark", "ipv4/neigh/default/gc_thresh3", "ipv6/neigh/default/gc_thresh3", "core/somaxconn", "core/rmem_max",
        "core/netdev_budget", "core/netdev_budget_usecs", "core/netdev_max_backlog", "netfilter/nf_conntrack_count", "netfilter/nf_conntrack_max",
    ];

    private const int MostInterfacesFirst = 64;

    private const int MostFiles = 6_000, MostBytes = 256 * 1024, MostNames = 4_000, Deepest = 6;

    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(60);

    // Keys, and what can only be written.
    private static bool IsLeftOut(string name) => name.EndsWith("_key", StringComparison.Ordinal) || name.EndsWith("_secret", StringComparison.Ordinal) || name == "flush";

    private readonly StringBuilder _text = new();
    private readonly byte[] _buffer = new byte[4096];
    private readonly List<string> _later = [];
    private readonly HashSet<string> _known = [];
    private readonly CpuBudget _time = new(Budget);
    private int _files;
    private string? _whyNotAll;

    /// <summary>The text; empty where there is no such tree.</summary>
    public byte[] Read()
    {
        foreach (string name in First) AddFirst($"{Path}/{name}");
        foreach ((string? link, bool _) in SmallFile.Names(host.At($"{Path}/ipv4/conf"), MostInterfacesFirst)) AddFirst($"{Path}/ipv4/conf/{link}/rp_filter");
        AddFolder(Path, 0);
        foreach (string? folder in _later.TakeWhile(_ => _whyNotAll is null)) AddFolder(folder, Deepest);   // two for each interface, and a host may have thousands
        if (_whyNotAll is not null) _text.Append("# ").Append(_whyNotAll).Append('\n');
        return Encoding.UTF8.GetBytes(_text.ToString());
    }

    private void AddFolder(string folder, int depth)
    {
        List<(string Name, bool IsDirectory)> names = SmallFile.Names(host.At(folder), MostNames);
        names.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach ((string? name, bool isDirectory) in names)
        {
            string path = $"{folder}/{name}";
            if (isDirectory)
            {
                if (IsOfInterfaces(folder) && name is not ("all" or "default")) _later.Add(path);
                else if (depth < Deepest) AddFolder(path, depth + 1);
            }
            else if (!IsLeftOut(name) && !_known.Contains(path) && !AddFile(path))
            {
                return;
            }
        }
    }

    private void AddFirst(string path)
    {
        if (_known.Add(path)) AddFile(path);
    }

    private bool AddFile(string path)
    {
        if (_whyNotAll is not null) return false;
        if (++_files > MostFiles || _text.Length > MostBytes || _time.IsSpent)
        {
            _whyNotAll = "the settings after this are left out: these used up the time or the room for it";
            return false;
        }

        int length = SmallFile.Read(host.At(path), _buffer);
        if (length < 0) return true;   // written only, or of another owner
        _text.Append(path.AsSpan("/proc/sys/".Length)).Replace('/', '.', _text.Length - path.Length + "/proc/sys/".Length, path.Length - "/proc/sys/".Length).Append(" = ");
        foreach (char c in Encoding.UTF8.GetString(_buffer, 0, length).TrimEnd()) _text.Append(c is '\n' ? ' ' : char.IsControl(c) && c != '\t' ? '?' : c);
        _text.Append('\n');
        return true;
    }

    /// <summary>net/ipv4/conf, net/ipv6/neigh and the like have a folder for each interface.</summary>
    private static bool IsOfInterfaces(string folder) => folder.EndsWith("/conf", StringComparison.Ordinal) || folder.EndsWith("/neigh", StringComparison.Ordinal);
}
