using System.Globalization;
using System.Text;

namespace DropForensics.Core.Procfs;

/// <summary>Reads the kernel's network counters from their files. Lines that do not parse are skipped.</summary>
public static class NetworkCounters
{
    private const int SoftnetDropped = 1, SoftnetFlowLimit = 10;

    /// <summary>
    /// <c>/proc/net/snmp</c> and <c>netstat</c> (net/ipv4/proc.c): a line of names, then one of numbers, each after its group's name:
    /// <c>Udp: InDatagrams NoPorts</c>, <c>Udp: 7 1000</c>.
    /// </summary>
    /// <returns>By <c>Udp.NoPorts</c>.</returns>
    public static IReadOnlyDictionary<string, long> ReadTables(ReadOnlySpan<byte> text)
    {
        var counters = new Dictionary<string, long>();
        string[] names = [];
        foreach (string line in Lines(text))
        {
            string[] words = line.Split(' ');
            if (names.Length != words.Length || names[0] != words[0])
            {
                names = words;
                continue;
            }

            for (int i = 1; i < words.Length; i++)
            {
                if (TryNumber(words[i], NumberStyles.AllowLeadingSign, out long value)) counters[$"{words[0].TrimEnd(':')}.{names[i]}"] = value;
            }

            names = [];
        }

        return counters;
    }

    /// <summary><c>/proc/net/snmp6</c> (net/ipv6/proc.c): a name and a number a line.</summary>
    public static IReadOnlyDictionary<string, long> ReadPairs(ReadOnlySpan<byte> text)
    {
        var counters = new Dictionary<string, long>();
        foreach (string line in Lines(text))
        {
            string[] words = line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2 && TryNumber(words[1], NumberStyles.AllowLeadingSign, out long value)) counters[words[0]] = value;
        }

        return counters;
    }

    /// <summary>
    /// <c>/proc/net/softnet_stat</c> (net/core/net-procfs.c): a line for each CPU, hexadecimal; the second number counts packets that its backlog
    /// refused, the eleventh those of them refused by the flow limit.
    /// </summary>
    /// <returns><c>softnet.dropped</c> and <c>softnet.flow_limit</c>, all CPUs together.</returns>
    public static IReadOnlyDictionary<string, long> ReadSoftnet(ReadOnlySpan<byte> text)
    {
        long dropped = 0, flowLimit = 0;
        foreach (string line in Lines(text))
        {
            string[] words = line.Split(' ');
            if (words.Length > SoftnetDropped && TryNumber(words[SoftnetDropped], NumberStyles.AllowHexSpecifier, out long value)) dropped += value;
            if (words.Length > SoftnetFlowLimit && TryNumber(words[SoftnetFlowLimit], NumberStyles.AllowHexSpecifier, out long limited)) flowLimit += limited;
        }

        return new Dictionary<string, long> { ["softnet.dropped"] = dropped, ["softnet.flow_limit"] = flowLimit };
    }

    /// <summary>
    /// A file of <c>/proc/net/stat</c> (net/netfilter/nf_conntrack_standalone.c, net/core/neighbour.c): a line of names, then a line for each CPU, hexadecimal.
    /// The first number, of entries, is the same on each CPU and is not a count of events.
    /// </summary>
    /// <returns>By <c>nf_conntrack.drop</c>, all CPUs together.</returns>
    public static IReadOnlyDictionary<string, long> ReadPerCpu(string file, ReadOnlySpan<byte> text)
    {
        var counters = new Dictionary<string, long>();
        string[][] lines = [.. Lines(text).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        foreach (string[] cpu in lines.Skip(1))
        {
            for (int i = 1; i < Math.Min(cpu.Length, lines[0].Length); i++)
            {
                string name = $"{file}.{lines[0][i]}";
                if (TryNumber(cpu[i], NumberStyles.AllowHexSpecifier, out long value)) counters[name] = counters.GetValueOrDefault(name) + value;
            }
        }

        return counters;
    }

    private static string[] Lines(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static bool TryNumber(string word, NumberStyles style, out long value) => long.TryParse(word, style, CultureInfo.InvariantCulture, out value);
}
