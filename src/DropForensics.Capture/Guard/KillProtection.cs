using DropForensics.Capture.Host;

namespace DropForensics.Capture.Guard;

/// <summary>
/// Protects this process when its parent's service is stopped: moves it to the top cgroup, and exempts it from the out-of-memory killer. What is not
/// permitted is left; nothing depends on it.
/// </summary>
internal static class KillProtection
{
    public static void Apply(HostRoot host)
    {
        TryWrite(host.At("/proc/self/oom_score_adj"), "-1000");
        foreach (string mount in CgroupMounts(host.TryReadText("/proc/self/mountinfo") ?? "")) TryWrite(host.At($"{mount}/cgroup.procs"), "0");
    }

    /// <summary>
    /// Mount points of the hierarchies that stop services and limit memory: version 2, or of version 1 <c>memory</c> and
    /// systemd's own.
    /// </summary>
    /// <param name="mounts">
    /// /proc/PID/mountinfo, one on each line: <c>36 32 0:31 / /sys/fs/cgroup/memory rw,nosuid shared:15 - cgroup cgroup rw,memory</c>; after the
    /// dash are type, source and options.
    /// </param>
    internal static IEnumerable<string> CgroupMounts(string mounts)
    {
        foreach (string line in mounts.Split('\n'))
        {
            int dash = line.IndexOf(" - ", StringComparison.Ordinal);
            if (dash < 0) continue;
            (string[]? before, string[]? after) = (line[..dash].Split(' '), line[(dash + 3)..].Split(' '));
            if (before.Length < 5 || after.Length < 3) continue;
            bool counts = after[0] == "cgroup2" || (after[0] == "cgroup" && after[2].Split(',').Any(option => option is "memory" or "name=systemd"));
            if (counts) yield return before[4];
        }
    }

    private static void TryWrite(string path, string value)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            file.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not permitted here.
        }
    }
}
