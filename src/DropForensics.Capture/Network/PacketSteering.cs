using DropForensics.Capture.Host;

namespace DropForensics.Capture.Network;

/// <summary>Receive packet steering (Documentation/networking/scaling.rst): whether any queue spreads its packets over CPUs.</summary>
internal static class PacketSteering
{
    /// <summary>Checks the interfaces in this process's sysfs: a queue's <c>rps_cpus</c> is a CPU mask, all zeros when off.</summary>
    public static bool IsOn(HostRoot host)
    {
        string interfaces = host.At("/sys/class/net");
        try
        {
            return Directory.EnumerateDirectories(interfaces)
                .SelectMany(device => Directory.EnumerateDirectories(Path.Combine(device, "queues"), "rx-*"))
                .Select(queue => HostRoot.TryReadFile(Path.Combine(queue, "rps_cpus")))
                .Any(mask => mask is not null && mask.AsSpan().ContainsAnyExcept("0,\n"u8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // No sysfs, or an interface was removed: assume no steering, the usual case.
        }
    }
}
