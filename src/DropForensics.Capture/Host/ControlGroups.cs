using System.Text;
using DropForensics.Core.Procfs;

namespace DropForensics.Capture.Host;

/// <summary>
/// The control groups of this host (version 2): those that exist at the start and at the end, and each that a drop names. One that is removed before
/// its look-up has only its number.
/// </summary>
internal sealed class ControlGroups : IDisposable
{
    // A host with more is listed in part; the others are looked up when a drop names them.
    private const int MostListed = 4_000;

    private readonly HostRoot _host;
    private readonly string _mount;
    private readonly int _fd;
    private readonly CgroupList _list = new();
    private readonly HashSet<long> _gone = [];

    private ControlGroups(HostRoot host, string mount, int fd) => (_host, _mount, _fd) = (host, mount, fd);

    /// <summary>Those known so far, in the form of the capture's artifact.</summary>
    public byte[] Text => _list.Format();

    /// <summary>Opens the hierarchy; null if none is mounted.</summary>
    public static ControlGroups? Find(HostRoot host)
    {
        if (MountOf(host) is not { } mount) return null;
        int fd = Libc.Open(mount, Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec);
        return fd < 0 ? null : new ControlGroups(host, mount, fd);
    }

    /// <summary>Whether one is mounted; otherwise every socket's group is the root.</summary>
    public static bool AreMounted(HostRoot host) => MountOf(host) is not null;

    /// <summary>Lists those that exist.</summary>
    public void List()
    {
        var waiting = new Queue<string>([_mount]);
        int room = MostListed;
        while (room-- > 0 && waiting.TryDequeue(out string? directory))
        {
            if (Libc.IdentityOf(directory)?.Inode is { } id) _list.Add(id, PathOf(directory));
            try
            {
                foreach (string each in Directory.EnumerateDirectories(directory)) waiting.Enqueue(each);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }
    }

    /// <summary>The path of a control group; null if it was removed before its first look-up.</summary>
    /// <param name="id">The inode of its directory.</param>
    public string? PathOf(long id)
    {
        if (_list.PathOf(id) is { } known) return known;
        if (_gone.Contains(id)) return null;
        if (Look(id) is { } found) _list.Add(id, found);
        else _gone.Add(id);
        return _list.PathOf(id);
    }

    public void Dispose() => _ = Libc.Close(_fd);

    /// <summary>
    /// Opens it by its handle, which is its id, without walking a list (fs/kernfs/mount.c, kernfs_fh_to_dentry; FILEID_KERNFS in include/linux/exportfs.h).
    /// </summary>
    private unsafe string? Look(long id)
    {
        // struct file_handle: bytes of the handle, its type, the handle
        const int fileIdKernfs = 0xfe, head = 8;
        byte* handle = stackalloc byte[head + sizeof(long)];
        *(int*)handle = sizeof(long);
        *(int*)(handle + sizeof(int)) = fileIdKernfs;
        *(long*)(handle + head) = id;
        int fd = Libc.OpenByHandle(_fd, handle, Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec);
        if (fd < 0) return null;
        try
        {
            return new FileInfo(_host.At($"/proc/self/fd/{fd}")).LinkTarget is { } target && !target.EndsWith(" (deleted)", StringComparison.Ordinal) ? PathOf(target) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private string PathOf(string directory) => directory.Length > _mount.Length && directory.StartsWith(_mount, StringComparison.Ordinal) ? directory[_mount.Length..] : "/";

    /// <summary>Where it is mounted: <c>35 24 0:30 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw</c> (Documentation/filesystems/proc.rst).</summary>
    private static string? MountOf(HostRoot host)
    {
        foreach (string line in Encoding.UTF8.GetString(host.TryRead("/proc/self/mountinfo") ?? []).Split('\n'))
        {
            string[] fields = line.Split(' ');
            int dash = Array.IndexOf(fields, "-");
            if (dash > 4 && dash + 1 < fields.Length && fields[dash + 1] == "cgroup2") return host.At(fields[4].Replace("\\040", " ", StringComparison.Ordinal));
        }

        return null;
    }
}
