using System.Buffers.Text;
using System.Text;

namespace DropForensics.Core.Procfs;

/// <summary>
/// Reads the text of <c>/proc/net/dev</c> (net/core/net-procfs.c): two head lines, then
/// <c>    lo:  104 2 0 0 0 0 0 0  104 2 0 0 0 0 0 0</c>: the name, eight counters received, eight sent.
/// </summary>
public static class NetDev
{
    private const int RxPacketsField = 1;
    private const int TxPacketsField = 9;

    /// <summary>Packets received and sent since each interface came up, by its name. Other lines are skipped.</summary>
    public static IReadOnlyDictionary<string, (long Received, long Sent)> Packets(ReadOnlySpan<byte> text)
    {
        var packets = new Dictionary<string, (long, long)>();
        Span<long> counters = stackalloc long[TxPacketsField + 1];
        foreach (Range range in text.Split((byte)'\n'))
        {
            ReadOnlySpan<byte> line = text[range];
            int colon = line.LastIndexOf((byte)':');   // an alias name may contain one itself
            if (colon < 0 || !TryCounters(line[(colon + 1)..], counters)) continue;
            packets[Encoding.UTF8.GetString(line[..colon].TrimStart((byte)' '))] = (counters[RxPacketsField], counters[TxPacketsField]);
        }

        return packets;
    }

    private static bool TryCounters(ReadOnlySpan<byte> text, Span<long> counters)
    {
        for (int field = 0; field < counters.Length; field++)
        {
            text = text.TrimStart((byte)' ');
            if (!Utf8Parser.TryParse(text, out counters[field], out int length)) return false;
            text = text[length..];
        }

        return true;
    }
}
