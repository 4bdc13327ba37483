using System.Globalization;
using DropForensics.Core;

namespace DropForensics.Capture.Host;

/// <summary>How many files this process may have open (RLIMIT_NOFILE). Each CPU takes two, its text and its pages.</summary>
internal static class DescriptorLimit
{
    // The capture file, tracefs, sockets and namespaces while the host is looked at.
    private const int Others = 64, PerCpu = 2;

    /// <summary>How many a host with this many CPUs needs.</summary>
    public static long Needed(int cpus) => Others + ((long)PerCpu * cpus);

    /// <summary>How many are allowed; the largest number if there is no limit or it is unknown.</summary>
    public static long Current => Libc.OpenFileLimit() is { } limit ? (long)Math.Min(limit.Soft, long.MaxValue) : long.MaxValue;

    /// <summary>Raises the limit to the hard limit: the usual 1,024 of a shell is too few for 512 CPUs.</summary>
    public static void Raise()
    {
        if (Libc.OpenFileLimit() is { } limit && limit.Soft < limit.Hard) Libc.SetOpenFileLimit(limit.Hard, limit.Hard);
    }

    /// <summary>Whether there are enough for a host with this many CPUs; root (CAP_SYS_RESOURCE) raises the hard limit if necessary.</summary>
    public static bool IsEnough(int cpus)
    {
        if (Current < Needed(cpus)) Libc.SetOpenFileLimit((ulong)Needed(cpus), (ulong)Needed(cpus));
        return Current >= Needed(cpus);
    }

    /// <summary>Call it before changing anything in the kernel.</summary>
    /// <exception cref="UserError">There may not be enough.</exception>
    public static void Require(int cpus)
    {
        if (IsEnough(cpus)) return;
        (long needed, long allowed) = (Needed(cpus), Current);
        throw new UserError(
            string.Create(CultureInfo.InvariantCulture, $"{cpus} CPUs need {needed} open files, but this process may open only {allowed}"), Remedy(cpus));
    }

    /// <summary>How to have enough.</summary>
    public static string Remedy(int cpus) => string.Create(
        CultureInfo.InvariantCulture, $"Run as root in the shell that starts it: ulimit -Hn {Needed(cpus)}; under systemd set LimitNOFILE={Needed(cpus)}");
}
