using System.Text;
using System.Text.RegularExpressions;

namespace DropForensics.Benchmarks.Inputs;

/// <summary>The drops of the fixtures, as forms to make more of.</summary>
internal static partial class RecordedDrops
{
    private const string FreeFunction = " => sk_skb_reason_drop+";
    private const int PortsPerPacket = 64;
    private const ushort FirstPort = 32768;

    /// <summary>A flood into one closed port on 6.18, seen by the tracepoint: one site, 24 frames.</summary>
    public static TraceRecord[] Flood() =>
        [.. Drops("traces/tracepoint-6.18-flood-stack.txt").SkipLast(1).Where(drop => drop.Stack.Length > 0).Select(drop => new TraceRecord(drop.Event + drop.Stack))];

    /// <summary>
    /// Drops of every kind that the kernel matrix makes, with packets, seen by the eprobe on 7.3, each from 64 ports. Those that were
    /// recorded without a stack have another's, with their own place in it.
    /// </summary>
    public static TraceRecord[] Packets()
    {
        (string Event, string Stack)[] drops = [.. Drops("traces/packets-eprobe-7.3.txt")];
        string[] stacks = [.. drops.Select(drop => drop.Stack).Where(stack => stack.Length > 0)];
        return
        [
            .. Enumerable.Range(0, PortsPerPacket).SelectMany(port => drops.Select((drop, i) => new TraceRecord(
                new PacketForm(drop.Event).WithSourcePort((ushort)(FirstPort + port)) +
                (drop.Stack.Length > 0 ? drop.Stack : Borrowed(stacks[i % stacks.Length], drop.Event))))),
        ];
    }

    /// <summary>The packets of those drops.</summary>
    public static PacketForm[] PacketForms() => [.. Drops("traces/packets-eprobe-7.3.txt").Select(drop => new PacketForm(drop.Event))];

    private static IEnumerable<(string Event, string Stack)> Drops(string fixture)
    {
        string text = Encoding.Latin1.GetString(Fixture.Read(fixture));
        foreach (Match drop in Drop().Matches(text)) yield return (drop.Groups["event"].Value, drop.Groups["stack"].Value);
    }

    private static string Borrowed(string stack, string dropped)
    {
        string place = Location().Match(dropped).Groups[1].Value;
        int free = stack.IndexOf(FreeFunction, StringComparison.Ordinal);
        int at = stack.IndexOf('\n', free) + 1, end = stack.IndexOf('\n', at);
        return dropped[..Arguments().Match(dropped).Index] + stack[stack.IndexOf(": <stack trace>", StringComparison.Ordinal)..at] + " => " + place + stack[end..];
    }

    [GeneratedRegex(@"^(?<event>.{16}-\d+ .*: (kfree_skb|drop): .*\n)(?<stack>.*: <stack trace>\n( => .*\n)+)?", RegexOptions.Multiline)]
    private static partial Regex Drop();

    [GeneratedRegex(@"(?<=\.\d{6}): drop:")]
    private static partial Regex Arguments();

    [GeneratedRegex(@" loc=(.*?) reason=")]
    private static partial Regex Location();
}
