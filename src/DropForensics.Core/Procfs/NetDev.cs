using System.Buffers.Text;
using System.Text;

namespace DropForensics.Core.Procfs;

/// <summary>
/// Reads the text of <c>/proc/net/dev</c> (net/core/net-procfs.c): two head lines, then
/// <c>    lo:  104 2 0 0 0 0 0 0  104 2 0 0 0 0 0 0</c>: the name, eight counters received, eight sent.
/// </summary>
public static class NetDev
{
    /// <summary>Packets received since the interface came up, by interface name. Lines that are none of these are left out.</summary>
    public static IReadOnlyDictionary<string, long> ReceivedPackets(ReadOnlySpan<byte> text)
    {
        var received = new Dictionary<string, long>();
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            var colon = line.LastIndexOf((byte)':');   // an alias name may hold one itself
            if (colon < 0) continue;
            var counters = line[(colon + 1)..].TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(counters, out long _, out var bytesLength)) continue;
            var packets = counters[bytesLength..].TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(packets, out long count, out _)) continue;
            received[Encoding.UTF8.GetString(line[..colon].TrimStart((byte)' '))] = count;
        }

        return received;
    }
}
