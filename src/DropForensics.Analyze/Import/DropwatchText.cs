using System.Globalization;
using System.Text.RegularExpressions;
using DropForensics.Core;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Import;

/// <summary>
/// Text of dropwatch, which has no time, CPU and task of a drop, so that no capture can be made of it. What it counted is told by function.
/// <code>2132 drops at __dev_xmit_skb+3f5 (0xffffffff8726d475) [software]</code>
/// <code>drop at: ip_rcv_finish_core.isra.0+0x1de/0x440 (0xffffffff96b6294e)</code>
/// <code>1762 packets dropped at unix_stream_recvmsg</code>
/// </summary>
internal static partial class DropwatchText
{
    private const int MostFunctions = 10_000, MostNamed = 4;

    // No function is so long: what stands behind the image's last symbol is in a module, and only an address.
    private const ulong LongestFunction = 1 << 20;

    private const string Elsewhere = "an address outside the kernel's image";

    /// <summary>Sums it up and says what to do; null where no line is dropwatch's.</summary>
    public static UserError? Recognize(ImportOptions options, IEnumerable<string> lines)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        bool isDropwatch = false;
        foreach (string line in lines)
        {
            isDropwatch |= line.Contains("dropwatch> ", StringComparison.Ordinal);
            if (Place().Match(line) is { Success: true } place && counts.Count < MostFunctions)
            {
                isDropwatch = true;
                string function = Function(place);
                _ = long.TryParse(place.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long drops);
                counts[function] = counts.GetValueOrDefault(function) + (place.Groups["count"].Success ? drops : 1);
            }
        }

        return isDropwatch ? Refusal(options, counts) : null;
    }

    private static UserError Refusal(ImportOptions options, Dictionary<string, long> counts)
    {
        List<(string Function, long Drops)> most = [.. counts.Select(each => (each.Key, each.Value)).OrderByDescending(each => each.Value)];
        string summary = most.Count == 0 ? "" : $"; it counts {Count(most.Sum(each => each.Drops), "drop")}: "
            + string.Join(", ", most.Take(MostNamed).Select(each => $"{Count(each.Drops)} in {each.Function}")) + (most.Count > MostNamed ? ", …" : "");
        string? explained = most.Where(each => each.Function != Elsewhere).Select(each => each.Function).FirstOrDefault();
        return new UserError(
            $"{options.TraceName} is text of dropwatch, which has no CPU, task and stack of a drop{summary}",
            (explained is null ? "" : $"What a function drops packets for: analyze explain {explained}\n") + "For a report, record the same drops with one of:\n" + Recipes.Record);
    }

    private static string Function(Match place)
    {
        string offset = place.Groups["offset"].Value;
        bool isFar = offset.Length > 0 && (!ulong.TryParse(offset, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong value) || value > LongestFunction);
        string symbol = place.Groups["symbol"].Value;
        return isFar || symbol.StartsWith("0x", StringComparison.Ordinal) ? Elsewhere : symbol;
    }

    [GeneratedRegex(@"(?:\b(?<count>[0-9]{1,15}) (?:drops|packets dropped) at|\bdrop at:) (?<symbol>[\w]{1,120})[\w.]{0,60}(?:\+(?:0x)?(?<offset>[0-9a-f]{1,16}))?")]
    private static partial Regex Place();
}
