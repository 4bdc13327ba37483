using System.Globalization;
using System.Text;

namespace DropForensics.Core.Procfs;

/// <summary>
/// Each interface's own counters, as rtnetlink reports them (struct rtnl_link_stats64, include/uapi/linux/if_link.h) and
/// /sys/class/net/NAME/statistics shows them; /proc/net/dev adds several of them up. As text: a line for each interface, with its
/// non-zero counters: <c>eth0: ifindex 2 rx_packets 104 rx_missed_errors 7</c>. Captures of earlier versions lack the index.
/// </summary>
public static class InterfaceStatistics
{
    /// <summary>Path of the text among a capture's artifacts.</summary>
    public const string Path = "rtnetlink/statistics";

    // Printed among the counters; the kernel has none of that name.
    private const string IfIndex = "ifindex";

    // In the order of the structure; Linux 5.19 added the last.
    private static readonly string[] Names =
    [
        "rx_packets", "tx_packets", "rx_bytes", "tx_bytes", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped", "multicast", "collisions",
        "rx_length_errors", "rx_over_errors", "rx_crc_errors", "rx_frame_errors", "rx_fifo_errors", "rx_missed_errors",
        "tx_aborted_errors", "tx_carrier_errors", "tx_fifo_errors", "tx_heartbeat_errors", "tx_window_errors",
        "rx_compressed", "tx_compressed", "rx_nohandler", "rx_otherhost_dropped",
    ];

    /// <summary>The text of some interfaces, each name once. No interface's name holds a blank or a colon (net/core/dev.c, dev_valid_name).</summary>
    public static byte[] Format(IEnumerable<(string Name, int IfIndex, IReadOnlyList<ulong> Values)> interfaces)
    {
        var text = new StringBuilder();
        foreach ((string name, int ifIndex, IReadOnlyList<ulong> values) in interfaces)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {IfIndex} {ifIndex}");
            for (int i = 0; i < Math.Min(values.Count, Names.Length); i++)
            {
                if (values[i] > 0) text.Append(CultureInfo.InvariantCulture, $" {Names[i]} {values[i]}");
            }

            text.Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>The non-zero counters of each interface, by its name. Lines that do not parse are skipped.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> Parse(ReadOnlySpan<byte> text)
    {
        var interfaces = new Dictionary<string, IReadOnlyDictionary<string, long>>();
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            string[] words = line.Split(' ');
            if (!words[0].EndsWith(':')) continue;
            var counters = new Dictionary<string, long>();
            for (int i = 1; i + 1 < words.Length; i += 2)
            {
                if (long.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long value)) counters[words[i]] = value;
            }

            interfaces[words[0][..^1]] = counters;
        }

        return interfaces;
    }

    /// <summary>
    /// The counters of each interface that both texts have: the same index, whatever its name was then, or the same name if the earlier
    /// text has no index. An interface only in the later text is left out: it may have brought its counters from another namespace.
    /// </summary>
    public static IEnumerable<(string Name, IReadOnlyDictionary<string, long> Before, IReadOnlyDictionary<string, long> After)> Pairs(
        ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, long>> named = Parse(before);
        var indexed = new Dictionary<long, IReadOnlyDictionary<string, long>>();
        foreach (IReadOnlyDictionary<string, long> counters in named.Values)
        {
            if (counters.TryGetValue(IfIndex, out long index)) indexed[index] = counters;
        }

        var pairs = new List<(string, IReadOnlyDictionary<string, long>, IReadOnlyDictionary<string, long>)>();
        foreach ((string name, IReadOnlyDictionary<string, long> now) in Parse(after))
        {
            bool isIndexed = now.TryGetValue(IfIndex, out long index) && indexed.Count > 0;
            if ((isIndexed ? indexed.GetValueOrDefault(index) : named.GetValueOrDefault(name)) is { } old) pairs.Add((name, old, now));
        }

        return pairs;
    }
}
