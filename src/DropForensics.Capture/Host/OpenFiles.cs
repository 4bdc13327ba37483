using System.Globalization;

namespace DropForensics.Capture.Host;

/// <summary>Which processes have a file open, by /proc/PID/fd; those of other PID namespaces may be invisible.</summary>
internal static class OpenFiles
{
    /// <param name="host">Where /proc is.</param>
    /// <param name="part">A part of the file's path: they may see it at another mount point.</param>
    /// <returns><c>cat (pid 4711)</c> each.</returns>
    public static IEnumerable<string> HoldersBelow(HostRoot host, string part)
    {
        foreach (string process in Directory.EnumerateDirectories(host.At("/proc")))
        {
            string pid = Path.GetFileName(process);
            if (!int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out _) || !Holds(process, part)) continue;
            yield return $"{Printable.Of(host.TryReadText($"/proc/{pid}/comm") ?? "?")} (pid {pid})";
        }
    }

    private static bool Holds(string process, string part)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd"))
                .Any(fd => new FileInfo(fd).LinkTarget is { } target && target.Contains(part, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // It ended, or we may not read it.
        }
    }
}
