using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Doctor;

/// <summary>Checks of tracefs itself.</summary>
internal static class TracefsChecks
{
    /// <summary>Whether every CPU's pipes can be open at once.</summary>
    public static Check OpenFiles(string tracefs)
    {
        int cpus = PerCpuPipes.Count(tracefs);
        return DescriptorLimit.IsEnough(cpus)
            ? new Check("open files", CheckState.Ok, $"enough for {cpus} CPUs") { IsNeeded = true }
            : new Check("open files", CheckState.No, $"{cpus} CPUs need {DescriptorLimit.Needed(cpus)}, but only {DescriptorLimit.Current} are allowed", DescriptorLimit.Remedy(cpus)) { IsNeeded = true };
    }

    public static Check Permissions(string tracefs)
    {
        const string Name = "permissions";
        string[] closed = new[] { "instances", "trace_options" }.Where(file => !Libc.MayWrite(Path.Combine(tracefs, file))).ToArray();
        return closed.Length == 0
            ? new Check(Name, CheckState.Ok, "instances can be created") { IsNeeded = true }
            : new Check(
                Name, CheckState.No, $"{string.Join(", ", closed)} in {tracefs} not writable, so no instance can be created",
                "Run as root (sudo capture …) on the host itself, with tracefs mounted writable (mount -o remount,rw /sys/kernel/tracing).")
            { IsNeeded = true };
    }

    public static Check Clock(string tracefs)
    {
        // [local] global counter uptime perf mono mono_raw boot
        if (Text(tracefs, "trace_clock") is not { } clocks) return new Check("clock", CheckState.Unknown, "trace_clock cannot be read", "Run as root.") { IsNeeded = true };
        return clocks.Split(' ', '[', ']').Contains("mono")
            ? new Check("clock", CheckState.Ok, "mono: times can be converted to UTC") { IsNeeded = true }
            : new Check("clock", CheckState.No, "this kernel has no trace clock 'mono'", "It came with Linux 3.17.") { IsNeeded = true };
    }

    public static Check HistTriggers(string tracefs) =>
        File.Exists(Path.Combine(tracefs, "events/skb/kfree_skb/hist"))
            ? new Check("hist triggers", CheckState.Ok, "the kernel itself can also count the drops by reason")
            : new Check("hist triggers", CheckState.Limited, "not built in (CONFIG_HIST_TRIGGERS): the kernel counts all drops together, not by reason");

    internal static string? Text(string directory, string file) =>
        HostRoot.TryReadFile(Path.Combine(directory, file)) is { } content ? Encoding.UTF8.GetString(content).TrimEnd('\n') : null;
}
