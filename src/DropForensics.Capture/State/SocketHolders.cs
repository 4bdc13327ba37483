using System.Buffers.Text;
using System.Globalization;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.State;

/// <summary>A process that has a socket open.</summary>
/// <param name="Pid">Its number, as this process's /proc has it.</param>
/// <param name="Comm">Its name for itself.</param>
internal sealed record SocketHolder(int Pid, string Comm);

/// <summary>Which process holds which socket, by /proc/PID/fd; of several the first.</summary>
internal sealed class SocketHolders
{
    private const int MostFds = 50_000, MostOfProcess = 10_000;
    private static readonly TimeSpan Budget = TimeSpan.FromMilliseconds(30);

    private readonly Dictionary<long, int> _pids = [];
    private readonly Dictionary<int, SocketHolder> _known = [];
    private readonly HostRoot _host;

    private SocketHolders(HostRoot host) => _host = host;

    /// <summary>Why a socket's process may be missing; null where all were looked at.</summary>
    public string? WhyNotAll { get; private set; }

    /// <summary>Looks at the descriptors of all processes, no longer than its budget.</summary>
    public static SocketHolders Read(HostRoot host) => Read(host, Budget, MostFds);

    internal static SocketHolders Read(HostRoot host, TimeSpan budget, int mostFds)
    {
        var holders = new SocketHolders(host);
        try
        {
            holders.Look(budget, mostFds);
        }
        catch (Exception e)
        {
            // Whatever it is: it must not leave the thread it is read by, which would end the process on the spot.
            holders.WhyNotAll = $"the process of some sockets is not known: {e.Message}";
        }

        return holders;
    }

    /// <summary>Who holds the socket of this inode; null where nobody that was looked at does.</summary>
    public SocketHolder? Of(long inode)
    {
        if (inode == 0 || !_pids.TryGetValue(inode, out int pid)) return null;
        if (!_known.TryGetValue(pid, out SocketHolder? holder))
            _known[pid] = holder = new SocketHolder(pid, SmallFile.Text(_host.At($"/proc/{pid}/comm")) ?? "?");
        return holder;
    }

    private void Look(TimeSpan budget, int mostFds)
    {
        var time = new CpuBudget(budget);
        Span<byte> link = stackalloc byte[64];
        int looked = 0;
        foreach ((string? name, bool _) in SmallFile.Names(_host.At("/proc"), int.MaxValue))
        {
            if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) continue;
            string folder = _host.At($"/proc/{pid}/fd");
            foreach ((string? fd, bool _) in SmallFile.Names(folder, MostOfProcess))
            {
                if (++looked > mostFds || time.IsSpent)
                {
                    WhyNotAll = "the process of some sockets is not known: reading the open files of all processes reached its limit of time or number";
                    return;
                }

                if (InodeOf(SmallFile.Link($"{folder}/{fd}", link)) is { } inode) _pids.TryAdd(inode, pid);
            }
        }
    }

    /// <summary>31337 for <c>socket:[31337]</c>.</summary>
    private static long? InodeOf(ReadOnlySpan<byte> link) =>
        link.StartsWith("socket:["u8) && Utf8Parser.TryParse(link["socket:[".Length..], out long inode, out _) ? inode : null;
}
