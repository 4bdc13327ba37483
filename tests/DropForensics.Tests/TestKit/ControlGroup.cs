using System.Globalization;

namespace DropForensics.Tests.TestKit;

/// <summary>A cgroup of the test's own, gone after it. Its processes are ended with it.</summary>
internal sealed class ControlGroup : IDisposable
{
    private readonly string _path;

    private ControlGroup(string mount)
    {
        _path = Path.Combine(mount, $"dropforensics-test-{Guid.NewGuid():N}");
        System.IO.Directory.CreateDirectory(_path);
    }

    /// <summary>Where it is.</summary>
    public string Directory => _path;

    /// <summary>The inode of its directory.</summary>
    public long Id => long.Parse(Shell.Run("stat", "-c", "%i", _path).Output, CultureInfo.InvariantCulture);

    /// <summary>Of version 2, whose processes can be killed all at once; skips the test where there is none.</summary>
    public static ControlGroup Killable()
    {
        var mount = Mounts().FirstOrDefault(mount => mount.Type == "cgroup2").Path;
        Requires.That(mount is not null, "no cgroup version 2 is mounted");
        var group = new ControlGroup(mount!);   // That would have thrown
        if (File.Exists(Path.Combine(group._path, "cgroup.kill"))) return group;
        group.Dispose();
        Requires.That(false, "this kernel has no cgroup.kill (Linux 5.14)");
        throw new InvalidOperationException();
    }

    /// <summary>One whose processes together may not use more memory, by whichever version has the controller.</summary>
    public static ControlGroup WithMemory(long bytes)
    {
        var limit = bytes.ToString(CultureInfo.InvariantCulture);
        var first = Mounts().FirstOrDefault(mount => mount.Type == "cgroup" && mount.Options.Split(',').Contains("memory")).Path;
        if (first is not null)
        {
            var group = new ControlGroup(first);
            File.WriteAllText(Path.Combine(group._path, "memory.limit_in_bytes"), limit);
            return group;
        }

        var second = Mounts().FirstOrDefault(mount => mount.Type == "cgroup2").Path;
        Requires.That(second is not null && File.ReadAllText($"{second}/cgroup.controllers").Contains("memory"), "no cgroup limits memory here");
        File.WriteAllText($"{second}/cgroup.subtree_control", "+memory");
        var limited = new ControlGroup(second!);   // That would have thrown
        File.WriteAllText(Path.Combine(limited._path, "memory.max"), limit);
        return limited;
    }

    public void Add(int process) => File.WriteAllText(Path.Combine(_path, "cgroup.procs"), process.ToString(CultureInfo.InvariantCulture));

    /// <summary>SIGKILL to all of its processes in one go.</summary>
    public void Kill() => File.WriteAllText(Path.Combine(_path, "cgroup.kill"), "1");

    public void Dispose()
    {
        foreach (var process in File.ReadAllLines(Path.Combine(_path, "cgroup.procs"))) Shell.Run("kill", "-KILL", process);
        Await.Until(() => File.ReadAllText(Path.Combine(_path, "cgroup.procs")).Length == 0);
        System.IO.Directory.Delete(_path);
    }

    private static IEnumerable<(string Path, string Type, string Options)> Mounts() =>
        File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).Select(part => (part[1], part[2], part[3]));
}
