using DropForensics.Core;
using DropForensics.Core.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Import;

/// <summary>A trace without any event that tells of drops: nothing can be said of drops from it, least of all that there were none.</summary>
internal static class NoDropEvents
{
    private const int MostNamed = 5;

    // It frees what was consumed as well.
    private const string FreesAll = "__kfree_skb";

    /// <param name="options">What is asked for.</param>
    /// <param name="text">Whose text it is.</param>
    /// <param name="others">What it does hold, by <see cref="Core.Tracefs.DropDecoder.OtherEvents"/>.</param>
    /// <param name="stacks">Stacks in it.</param>
    public static UserError Of(ImportOptions options, TextFormat text, IReadOnlyDictionary<string, long> others, long stacks)
    {
        string what = others.Count == 0
            ? $"nothing but {Count(stacks, "stack")}"
            : string.Join(", ", others.OrderByDescending(each => each.Value).Take(MostNamed).Select(each => $"{Count(each.Value)} {Name(each.Key)}"))
                + (others.Count > MostNamed ? ", …" : "");
        string tool = text switch
        {
            TextFormat.PerfScript => "is text of perf script and holds no event skb:kfree_skb",
            TextFormat.TraceCmd => "is text of trace-cmd report and holds no event that tells of a drop",
            _ => "holds no event that tells of a drop",
        };
        string why = others.ContainsKey(FreesAll)
            ? $"{FreesAll} also frees packets that were delivered, so its calls are no drops. Trace kfree_skb (kfree_skb_reason since Linux 5.17, sk_skb_reason_drop since 6.11), or the tracepoint:\n"
            : "Whether packets were dropped cannot be seen in it. Record the event of drops:\n";
        return new UserError($"{options.TraceName} {tool}; it holds {what}", why + Recipes.Record);
    }

    // "td: (tcp_drop", "netif_receive_skb:", "__kfree_skb"
    private static string Name(string described) =>
        described.IndexOf(": (", StringComparison.Ordinal) is > 0 and var place ? $"{described[..place]} (a probe of {described[(place + 3)..]})"
        : described.EndsWith(':') ? described[..^1]
        : described == "others" ? "of other kinds"
        : $"calls of {described}";
}
