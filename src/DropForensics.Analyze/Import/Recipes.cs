namespace DropForensics.Analyze.Import;

/// <summary>How to record and print what <c>analyze import</c> takes.</summary>
internal static class Recipes
{
    /// <summary>With perf.</summary>
    public const string Perf = "perf record -e skb:kfree_skb -a -g -- sleep 30; perf script --header --show-lost-events >drops.txt";

    /// <summary>With trace-cmd.</summary>
    public const string TraceCmd = "trace-cmd record -e skb:kfree_skb -T sleep 30; trace-cmd report >drops.txt";

    /// <summary>With a shell alone.</summary>
    public const string Shell =
        "cd /sys/kernel/tracing; echo stacktrace >events/skb/kfree_skb/trigger; echo 1 >events/skb/kfree_skb/enable; timeout 30 cat trace_pipe >/tmp/drops.txt; "
        + "echo 0 >events/skb/kfree_skb/enable; echo '!stacktrace' >events/skb/kfree_skb/trigger";

    /// <summary>The three, and ours.</summary>
    public const string Record =
        "  " + Perf + "\n"
        + "  " + TraceCmd + "\n"
        + "  " + Shell + "\n"
        + "or run `capture` on the host, which makes the capture itself.";
}
