using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>Finds tracefs, or reports why it is not available and what to do.</summary>
internal static class TracefsMount
{
    private static readonly string[] Places = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

    /// <summary>The directory tracefs is mounted on.</summary>
    /// <exception cref="UserError">Not mounted, not permitted, or emptied by lockdown.</exception>
    public static string Find(HostRoot host)
    {
        foreach (string place in Places)
        {
            string path = host.At(place);
            try
            {
                if (Directory.EnumerateFileSystemEntries(path).Any()) return path;
            }
            catch (DirectoryNotFoundException)
            {
                // Try the next place, then find out why there is none.
            }
            catch (UnauthorizedAccessException)
            {
                throw new UserError($"cannot open {place}: permission denied", "Run as root (sudo capture …).");
            }
        }

        if (Lockdown(host) == "confidentiality")
        {
            throw new UserError(
                "this kernel is locked down (confidentiality), which blocks tracefs for everyone",
                "Boot with lockdown=integrity or without Secure Boot's confidentiality policy; it cannot be changed at run time.");
        }

        throw new UserError(
            "tracefs is not mounted on /sys/kernel/tracing nor on /sys/kernel/debug/tracing",
            "Mount it: mount -t tracefs nodev /sys/kernel/tracing");
    }

    /// <summary>The current level: <c>none</c>, <c>integrity</c>, <c>confidentiality</c>; null if the kernel has no lockdown.</summary>
    public static string? Lockdown(HostRoot host)
    {
        string? levels = host.TryReadText("/sys/kernel/security/lockdown");   // none [integrity] confidentiality
        if (levels is null) return null;
        int open = levels.IndexOf('['), close = levels.IndexOf(']');
        return open >= 0 && close > open ? levels[(open + 1)..close] : null;
    }
}
