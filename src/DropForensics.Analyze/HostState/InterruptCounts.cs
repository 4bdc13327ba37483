using System.Globalization;
using System.Text;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.HostState;

/// <summary>
/// Growth of the counts in <c>/proc/interrupts</c> or <c>/proc/softirqs</c>: a head with the CPUs that are online, then a line for each source with a count
/// for each of them. What does not fit is passed over.
/// </summary>
internal static class InterruptCounts
{
    /// <summary>By the source's name before the colon (<c>42</c>, <c>NET_RX</c>) and CPU; a source that was not there before began at zero.</summary>
    public static IReadOnlyDictionary<(string Source, long Cpu), long> Growth(byte[]? before, byte[]? after)
    {
        var growth = new Dictionary<(string, long), long>();
        if (before is null || after is null) return growth;
        Dictionary<(string, long), long> earlier = Read(before);
        foreach (((string, long) key, long count) in Read(after))
        {
            if (count > earlier.GetValueOrDefault(key)) growth[key] = count - earlier.GetValueOrDefault(key);
        }

        return growth;
    }

    /// <summary>What each numbered interrupt is called: the end of its line.</summary>
    public static string? NameOf(byte[]? interrupts, string number) => Lines(interrupts ?? [])
        .Where(line => line.TrimStart().StartsWith(number + ":", StringComparison.Ordinal)).Select(line => Visible.Text(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1])).FirstOrDefault();

    private static Dictionary<(string, long), long> Read(byte[] content)
    {
        var counts = new Dictionary<(string, long), long>();
        string[] lines = Lines(content);
        long[] cpus = lines.Length == 0 ? [] : [.. Words(lines[0]).Select(word => long.TryParse(word.AsSpan(Math.Min(3, word.Length)), NumberStyles.None, CultureInfo.InvariantCulture, out long cpu) ? cpu : -1)];
        foreach (string[] words in lines.Skip(1).Select(Words).Where(words => words.Length > 1 && words[0].EndsWith(':')))
        {
            for (int i = 0; i < cpus.Length && i + 1 < words.Length; i++)
            {
                if (long.TryParse(words[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long count)) counts[(words[0].TrimEnd(':'), cpus[i])] = count;
            }
        }

        return counts;
    }

    private static string[] Lines(byte[] content) => Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
