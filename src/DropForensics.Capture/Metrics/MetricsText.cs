using System.Globalization;
using System.Text;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Metrics;

/// <summary>
/// Metrics in Prometheus' text format, version 0.0.4, which is what node_exporter's textfile collector reads. It takes no times, and names a counter's family
/// with its <c>_total</c>.
/// </summary>
internal static class MetricsText
{
    /// <summary>How each file of ours begins.</summary>
    public const string Beginning = "# HELP dropforensics_";

    /// <summary>Writes what is known.</summary>
    /// <param name="about">What does not change.</param>
    /// <param name="recorded">Recorded so far.</param>
    /// <param name="reasons">All drops by reason: <see cref="MetricCounts.Split"/>.</param>
    /// <param name="kernel">Counted by the kernel.</param>
    /// <param name="cpuSeconds">CPU time of this process.</param>
    /// <param name="residentBytes">Memory of this process.</param>
    public static string Of(
        MetricsAbout about, MetricCounts.Sums recorded, Dictionary<string, long> reasons, KernelDrops kernel, double cpuSeconds, long residentBytes)
    {
        var text = new StringBuilder();
        Family("capture_info", "gauge", "The capture that runs: version of the agent, probe, and what chooses among the drops.");
        Line($"capture_info{{version=\"{Escaped(about.Version)}\",probe=\"{Escaped(about.Probe)}\",filter=\"{Escaped(about.Filter)}\"}}", "1");
        One("capture_start_time_seconds", "gauge", "When the capture began to record, in seconds since 1970.", about.StartSeconds.ToString("0.000", CultureInfo.InvariantCulture));

        Family("drops_total", "counter", "Packets that the kernel dropped, by reason. While only a sample is recorded, those left out count too.");
        foreach (string key in Ordered(reasons))
        {
            (string subsystem, string name) = MetricCounts.Split(key);
            Line($"drops_total{{reason=\"{Escaped(name)}\",subsystem=\"{Escaped(subsystem)}\"}}", Text(reasons[key]));
        }

        Family("interface_drops_total", "counter", "Recorded drops by the interface of the packet, in any network namespace. While only a sample is recorded, those in it.");
        foreach (string name in Ordered(recorded.Interfaces)) Line($"interface_drops_total{{interface=\"{Escaped(name)}\"}}", Text(recorded.Interfaces[name]));

        Count("recorded_drops_total", "Drops that the capture file holds, or held before a flight recorder removed them.", recorded.Drops);
        if (kernel.Counted is { } counted) Count("counted_drops_total", "Drops by the kernel's own count, which misses none. A filter that the agent decides does not apply to it.", counted);
        Count("left_out_drops_total", "Drops that were counted but not recorded, because more came than --max-rate allows.", kernel.LeftOut ?? 0);
        Count("filtered_drops_total", "Drops that --filter left out after the kernel had reported them.", recorded.Filtered);
        Count("lost_records_total", "Records that the kernel's ring buffer lost because it was full: drops, and stacks of drops.", recorded.Lost);
        One("sampling", "gauge", "1 if only a sample of the drops is recorded, because more came than --max-rate allows.", kernel.LeftOut is null ? "0" : "1");
        One("agent_cpu_seconds_total", "counter", "CPU time that the capture has used, in user space and in the kernel.", cpuSeconds.ToString("0.000", CultureInfo.InvariantCulture));
        Gauge("agent_resident_memory_bytes", "Memory that the capture uses.", residentBytes);
        return text.ToString();

        void Family(string name, string kind, string help) => text.Append(Beginning).Append(name).Append(' ').Append(help).Append("\n# TYPE dropforensics_").Append(name).Append(' ').Append(kind).Append('\n');

        void Line(string name, string value) => text.Append("dropforensics_").Append(name).Append(' ').Append(value).Append('\n');

        void One(string name, string kind, string help, string value)
        {
            Family(name, kind, help);
            Line(name, value);
        }

        void Count(string name, string help, long value) => One(name, "counter", help, Text(value));

        void Gauge(string name, string help, long value) => One(name, "gauge", help, Text(value));
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string[] Ordered(Dictionary<string, long> counts)
    {
        string[] keys = [.. counts.Keys];
        Array.Sort(keys, StringComparer.Ordinal);
        return keys;
    }

    /// <summary>A label's value: an interface's name may hold anything but a slash.</summary>
    private static string Escaped(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}

/// <summary>What metrics say of a capture and does not change.</summary>
/// <param name="Version">Of the agent.</param>
/// <param name="Probe">Its name.</param>
/// <param name="Filter">What was asked for by reason, interface or packet; empty for all drops.</param>
/// <param name="StartSeconds">When it began, in seconds since 1970.</param>
internal sealed record MetricsAbout(string Version, string Probe, string Filter, double StartSeconds);
