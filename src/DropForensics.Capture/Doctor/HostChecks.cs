using System.Globalization;
using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Doctor;

/// <summary>Disk, memory and namespaces.</summary>
internal sealed class HostChecks(HostRoot host, CaptureOptions options)
{
    // The agent itself and its guard, resident.
    private const long AgentBytes = 64L << 20;

    public IEnumerable<Check> Run()
    {
        yield return Output();
        yield return Disk();
        yield return Memory();
        yield return Namespaces();
        if (options.Interface is not null) yield return Interface();
    }

    /// <summary>A buffer of a quarter of the free memory if the requested one is larger; null if that fits.</summary>
    public static string? FittingBuffer(HostRoot host, CaptureOptions options) =>
        AvailableMemory(host) is { } free && options.Buffer > free / 4 ? $"{Math.Max(1, free / 4 >> 20).ToString(CultureInfo.InvariantCulture)}MiB" : null;

    private Check Output()
    {
        try
        {
            CaptureWriter.Check(options.Output, options.Force);
        }
        catch (UserError error)
        {
            return new Check("output file", CheckState.No, Printable.Of(error.Message), error.Remedy) { IsNeeded = true };
        }

        string directory = Path.GetDirectoryName(Path.GetFullPath(options.Output)) ?? "/";
        return Libc.MayWrite(directory)
            ? new Check("output file", CheckState.Ok, $"{Printable.Of(options.Output)} can be created") { IsNeeded = true }
            : new Check("output file", CheckState.No, $"{Printable.Of(directory)} is missing or not writable", "Choose another directory with --output.") { IsNeeded = true };
    }

    private Check Disk()
    {
        const string Name = "free disk";
        if (FreeDisk.Of(options.Output) is not { } disk) return new Check(Name, CheckState.Unknown, "the file system does not report it");
        (long free, long left) = (disk.Free, disk.Left);
        if (disk.IsShort(needed: 0))
            return new Check(Name, CheckState.No, $"{MiB(free)}; a capture keeps {MiB(left)} free", "Choose a file on a larger file system with --output.") { IsNeeded = true };
        return free < options.MaxSize + left
            ? new Check(Name, CheckState.Limited, $"{MiB(free)}: the window ends early when only {MiB(left)} is left", "Choose a file on a larger file system with --output.")
            : new Check(Name, CheckState.Ok, $"{MiB(free)}, a capture uses at most {MiB(options.MaxSize)}");
    }

    private Check Memory()
    {
        const string Name = "memory";
        if (AvailableMemory(host) is not { } free) return new Check(Name, CheckState.Unknown, "/proc/meminfo does not show how much is available");
        long needed = options.Buffer + AgentBytes;
        if (FittingBuffer(host, options) is not { } fitting) return new Check(Name, CheckState.Ok, $"{MiB(free)} available; a capture needs {MiB(needed)}");
        return new Check(
            Name, needed > free ? CheckState.No : CheckState.Limited, $"{MiB(free)} available, but a capture needs {MiB(needed)}", $"Ask for a smaller ring: --buffer {fitting}")
        { IsNeeded = options.IsBufferAskedFor };
    }

    private Check Namespaces()
    {
        int seen = NetNamespaces.Find(host, []).Count;
        return Libc.IsRoot
            ? new Check("namespaces", CheckState.Ok, $"{seen.ToString(CultureInfo.InvariantCulture)} network namespaces are readable")
            : new Check("namespaces", CheckState.Unknown, "those of other users' processes are not visible", "Run as root.");
    }

    private Check Interface()
    {
        const string Name = "interface";
        IReadOnlyList<NetworkView> seen = NetworkViews.Read(host, [], []);
        if (!seen.Any(space => space.Interfaces.Count > 0)) return new Check(Name, CheckState.Unknown, "cannot list this host's interfaces", "Run as root.");
        return InterfaceNames.Missing(options.Interface, seen) is { } missing
            ? new Check(Name, CheckState.Limited, missing, "'ip link' lists the names. The interface is recorded if it appears during the capture.")
            : new Check(Name, CheckState.Ok, $"{Printable.Of(options.Interface)} exists");
    }

    private static long? AvailableMemory(HostRoot host)
    {
        // MemAvailable:    3456789 kB
        string? line = (host.TryReadText("/proc/meminfo") ?? "").Split('\n').FirstOrDefault(text => text.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return line is not null && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kiB)
            ? kiB << 10 : null;
    }

    private static string MiB(long bytes) => $"{(bytes >> 20).ToString("N0", CultureInfo.InvariantCulture)} MiB";
}
