using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core.Attribution;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Network;

/// <summary>A network namespace that can be entered.</summary>
/// <param name="Inode">Its number, as <c>stat -L /proc/PID/ns/net</c> shows.</param>
/// <param name="Path">What to open to enter it, below the host's root: <c>/proc/PID/ns/net</c>, or where <c>ip netns</c> keeps it.</param>
internal sealed record NetNamespace(long Inode, string Path)
{
    /// <summary>Other paths to it: the process of the first may end, a mount may be hidden.</summary>
    public IReadOnlyList<string> Others { get; init; } = [];
}

/// <summary>Finds network namespaces and runs code inside one.</summary>
internal static class NetNamespaces
{
    private const int PathsKept = 4;

    // A host of containers has a thousand; a few files are read for each.
    private const int MostWithUsers = 500;

    /// <summary>The message for a namespace that disappeared before it was opened.</summary>
    public const string Ended = "it disappeared before it was read";

    /// <summary>Each distinct namespace once: those with processes, and those that a file keeps (<c>ip netns add</c>, container engines).</summary>
    /// <param name="host">Where procfs is.</param>
    /// <param name="unread">Takes what could not be read.</param>
    public static IReadOnlyList<NetNamespace> Find(HostRoot host, List<UnreadEvidence> unread)
    {
        var found = new SortedDictionary<long, List<string>>();
        foreach ((long inode, string? path) in Kept(host, unread)) Add(found, inode, path);
        try
        {
            foreach (string directory in Directory.EnumerateDirectories(host.At("/proc")))
            {
                if (!int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) continue;
                if (OfTask(host, pid) is { } inode) Add(found, inode, $"/proc/{pid}/ns/net");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unread.Add(new UnreadEvidence("network namespaces of processes", e.Message));
        }

        var all = new List<NetNamespace>(found.Count);
        foreach ((long inode, List<string>? paths) in found) all.Add(new NetNamespace(inode, paths[0]) { Others = paths[1..] });
        return all;
    }

    /// <summary>The users of each: its oldest processes; a few are enough, because the processes of a container are in the same control group.</summary>
    public static IReadOnlyList<NamespaceUser> Users(HostRoot host, IReadOnlyList<NetNamespace> spaces)
    {
        var users = new List<NamespaceUser>();
        foreach (NetNamespace? space in spaces.Take(MostWithUsers))
        {
            foreach (string? path in space.Others.Prepend(space.Path))
            {
                if (!path.StartsWith("/proc/", StringComparison.Ordinal))
                {
                    users.Add(new NamespaceUser(space.Inode, null, "-", path));
                }
                else if (int.TryParse(path.Split('/')[2], NumberStyles.None, CultureInfo.InvariantCulture, out int pid)
                    && host.TryReadText($"/proc/{pid}/comm") is { } comm && host.TryReadText($"/proc/{pid}/cgroup") is { } groups)
                {
                    string? group = NamespaceUser.CgroupOf(groups, path => OwnerAttributor.Of(0, path).Container is not null);
                    users.Add(new NamespaceUser(space.Inode, pid, comm, group ?? "-"));
                }
            }
        }

        return users;
    }

    /// <summary>The namespace of a task; null if the task has ended, or we may not read it.</summary>
    public static long? OfTask(HostRoot host, int pid)
    {
        if (pid <= 0) return null;
        try
        {
            return new FileInfo(host.At($"/proc/{pid}/ns/net")).LinkTarget is { } target ? InodeOf(target) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Runs <paramref name="inside"/> on a thread of its own that has entered the namespace.</summary>
    /// <param name="host">Where the namespace is opened.</param>
    /// <param name="space">Which.</param>
    /// <param name="inside">What to run.</param>
    /// <param name="whyNot">Why the result is null.</param>
    /// <returns>Its result; null if the namespace is gone or may not be entered.</returns>
    public static T? Run<T>(HostRoot host, NetNamespace space, Func<T> inside, out string whyNot) where T : class
    {
        T? result = null;
        string? why = "";
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                if (Enter(host, space, out why)) result = inside();
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);   // Unhandled on a thread of its own, it would end the process.
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        whyNot = why;
        return result;
    }

    /// <summary>Opens it; -1 if it is gone, or if the path leads to another by now, because pids are reused.</summary>
    /// <param name="host">Where.</param>
    /// <param name="space">Which.</param>
    /// <param name="whyNot"><see cref="Ended"/>, or the system's message.</param>
    public static int Open(HostRoot host, NetNamespace space, out string whyNot)
    {
        int fd = Open(host, space.Inode, space.Path, out whyNot);
        foreach (string path in space.Others)
        {
            if (fd >= 0) return fd;
            fd = Open(host, space.Inode, path, out whyNot);
        }

        return fd;
    }

    private static int Open(HostRoot host, long inode, string path, out string whyNot)
    {
        whyNot = Ended;
        int fd = Libc.Open(host.At(path), Libc.ORdOnly | Libc.OCloExec);
        if (fd < 0)
        {
            if (Marshal.GetLastPInvokeError() is not (Libc.ENoEntry or Libc.ESearch)) whyNot = Marshal.GetLastPInvokeErrorMessage();
            return fd;
        }

        if (Libc.InodeOf(fd) == inode) return fd;
        _ = Libc.Close(fd);
        return -1;
    }

    private static void Add(SortedDictionary<long, List<string>> found, long inode, string path)
    {
        if (!found.TryGetValue(inode, out List<string>? paths)) found[inode] = paths = [];
        if (paths.Count < PathsKept) paths.Add(path);
    }

    private static bool Enter(HostRoot host, NetNamespace space, out string whyNot)
    {
        int fd = Open(host, space, out whyNot);
        if (fd < 0) return false;
        bool entered = Libc.SetNs(fd, Libc.CloneNewNet) == 0;
        if (!entered) whyNot = Marshal.GetLastPInvokeErrorMessage();
        _ = Libc.Close(fd);
        return entered;
    }

    /// <summary>
    /// Bind-mounted namespaces, from lines of mountinfo (Documentation/filesystems/proc.rst):
    /// <c>412 31 0:4 net:[4026532178] /run/netns/blue rw shared:214 - nsfs nsfs rw</c>
    /// </summary>
    private static IEnumerable<(long Inode, string Path)> Kept(HostRoot host, List<UnreadEvidence> unread)
    {
        byte[] mounts = host.TryRead("/proc/self/mountinfo", unread, "network namespaces kept by a file") ?? [];
        foreach (string line in Encoding.UTF8.GetString(mounts).Split('\n'))
        {
            string[] fields = line.Split(' ');
            if (fields.Length > 4 && InodeOf(fields[3]) is { } inode) yield return (inode, fields[4].Replace("\\040", " ", StringComparison.Ordinal));
        }
    }

    /// <summary>4026531840 for <c>net:[4026531840]</c>.</summary>
    private static long? InodeOf(string name) =>
        name.StartsWith("net:[", StringComparison.Ordinal)
        && long.TryParse(name.AsSpan(5).TrimEnd(']'), NumberStyles.None, CultureInfo.InvariantCulture, out long inode) ? inode : null;
}
