using System.Globalization;

namespace DropForensics.Capture.Host;

/// <summary>A network namespace that some process lives in.</summary>
/// <param name="Inode">Its number, as <c>stat -L /proc/PID/ns/net</c> shows.</param>
/// <param name="Pid">One process in it, to reach its files through.</param>
internal sealed record NetNamespace(long Inode, int Pid);

/// <summary>Finds network namespaces and runs code inside one.</summary>
internal static class NetNamespaces
{
    /// <summary>Each distinct namespace once, with the lowest pid found in it. One that no process lives in is not seen.</summary>
    public static IReadOnlyList<NetNamespace> Find(HostRoot host)
    {
        var found = new SortedDictionary<long, int>();
        foreach (var directory in Directory.EnumerateDirectories(host.At("/proc")))
        {
            if (!int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) continue;
            if (InodeOf(Path.Combine(directory, "ns/net")) is not { } inode) continue;
            if (!found.TryGetValue(inode, out var lowest) || pid < lowest) found[inode] = pid;
        }

        return [.. found.Select(pair => new NetNamespace(pair.Key, pair.Value))];
    }

    /// <summary>Runs <paramref name="inside"/> on a thread of its own that has entered the namespace.</summary>
    /// <returns>Its result; null where the namespace is gone or may not be entered.</returns>
    public static T? Run<T>(HostRoot host, NetNamespace space, Func<T> inside) where T : class
    {
        T? result = null;
        var thread = new Thread(() =>
        {
            var fd = Libc.Open(host.At($"/proc/{space.Pid}/ns/net"), Libc.ORdOnly | Libc.OCloExec);
            if (fd < 0) return;
            var entered = Libc.SetNs(fd, Libc.CloneNewNet) == 0;
            _ = Libc.Close(fd);
            if (entered) result = inside();
        });
        thread.Start();
        thread.Join();
        return result;
    }

    /// <summary>The namespace a task is in; null when it has ended.</summary>
    public static long? OfTask(HostRoot host, int pid) => pid > 0 ? InodeOf(host.At($"/proc/{pid}/ns/net")) : null;

    /// <summary>The link reads <c>net:[4026531840]</c>.</summary>
    private static long? InodeOf(string link)
    {
        try
        {
            var target = new FileInfo(link).LinkTarget;
            if (target is null || !target.StartsWith("net:[", StringComparison.Ordinal)) return null;
            return long.TryParse(target.AsSpan(5).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out var inode) ? inode : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;   // The process ended, or is not ours to look at.
        }
    }
}
