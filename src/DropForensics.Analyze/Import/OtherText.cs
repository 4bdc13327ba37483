using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Display;
using DropForensics.Core;
using DropForensics.Core.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Import;

/// <summary>Texts of other tools, each recognized by a line that only it prints, with commands that record the same drops in a form that can be imported.</summary>
internal static partial class OtherText
{
    private const int MostLines = 2000, LongestLine = 2000, LongestQuote = 60;

    private static readonly (Func<Regex> Line, string What, string Remedy)[] Tools =
    [
        (Dropwatch, "text of dropwatch without any drop", "Let it run while packets are dropped, and keep what it prints below 'Issue Ctrl-C to stop monitoring'."),
        (Pwru, "text of pwru, which follows packets and has no stacks of their drops", Instead),
        (Retis, "text of retis", "retis has stacks and reasons of its own: see `retis sort` and `retis print`. For a capture, record the same drops with one of:\n" + Recipes.Record),
        (Nettrace, "text of nettrace, which has no stacks", Instead),
        (TcpDrop, "text of tcpdrop, which sees only drops of TCP", Instead),
        (GraphTracer, "text of the tracer function_graph, which shows no drops", "Choose the tracer nop and the event of drops:\n" + Recipes.Record),
        (TraceCmdLatency, "text of trace-cmd report in latency format, which cuts the tasks' names off", "Print it without -l: trace-cmd report >drops.txt"),
        (Latency, "text of the kernel in latency format, which cuts the tasks' names off", "Turn it off and record again: echo nolatency-format >/sys/kernel/tracing/trace_options"),
        (PerfTrace, "text of perf trace, which has neither CPUs nor absolute times", "perf trace keeps nothing to print again. Record with perf record:\n  " + Recipes.Perf),
        (PerfReport, "text of perf report, which only has sums", "The file it was made of has each drop. Print that one: perf script -i perf.data --header --show-lost-events >drops.txt"),
        (PerfStat, "text of perf stat, which counts events", Instead),
        (BpfTrace, "text of bpftrace, which only has sums", Instead),
        (Histogram, "a histogram of the kernel (hist trigger), which counts events", Instead),
        (KernelLog, "the kernel's log", Instead),
        (TcpDump, "text of tcpdump, which shows no drops", Instead),
        (CutHead, "text of the kernel whose lines have lost their beginning", "Each record begins with its task, CPU and time: `<idle>-0 [001] ..s1. 101.250000: `. Copy whole lines of trace_pipe, trace or trace-cmd report; cut and awk take the beginning off."),
    ];

    private static string Instead => "Record the same drops with what has time, CPU, task, reason and stack of each:\n" + Recipes.Record;

    /// <summary>Names the tool; null if no line is recognized.</summary>
    /// <param name="options">The options.</param>
    /// <param name="head">The text's beginning.</param>
    public static UserError? Recognize(ImportOptions options, ReadOnlySpan<byte> head)
    {
        string[] lines = [.. Encoding.UTF8.GetString(head).Split('\n', MostLines + 1).Take(MostLines).Select(line => line.Length > LongestLine ? line[..LongestLine] : line)];
        foreach ((Func<Regex> tool, string what, string remedy) in Tools)
        {
            Regex known = tool();
            int line = Array.FindIndex(lines, known.IsMatch);
            if (line >= 0)
            {
                string quote = Visible.Text(TextCut.Middle(lines[line].Trim(), LongestQuote));
                return new UserError(
                    $"{options.TraceName} is {what}; line {(line + 1).ToString(CultureInfo.InvariantCulture)} reads '{quote}'", remedy);
            }
        }

        return null;
    }

    [GeneratedRegex(@"dropwatch> |Issue Ctrl-C to stop monitoring")]
    private static partial Regex Dropwatch();

    // "0xffff9f7827643600     24 [/usr/bin/proxyd:5360] ip_rcv", "0xffff9d2851242700 2   ~n/curl:1234 … ip_rcv", "SKB CPU PROCESS"
    [GeneratedRegex(@"0x[0-9a-f]{8,16}\s+[0-9]{1,4}\s+(?:\[[^\]]+\]|\S+:[0-9]+|<empty>\S*)\s+.*\w|\bSKB\s+CPU\s+PROCESS\b")]
    private static partial Regex Pwru();

    // "3316376152002 (5) [nc] 12345 [tp] skb:kfree_skb #303…"
    [GeneratedRegex(@"[0-9]{6,20} \([0-9]{1,4}\) (?:\[[^\]]*\] )?[0-9]* ?\[(?:tp|k|kr|u)\] |^%% retis|""skb-drop""")]
    private static partial Regex Retis();

    // "[142.097193] TCP: 192.0.2.135:57022 -> 192.0.2.6:22 seq:…, reason: NOT_SPECIFIED, tcp_v4_rcv+0x81"
    [GeneratedRegex(@"\[[0-9]+\.[0-9]+\]\s+(?:\[\w+\s*\]\s*)*[A-Z0-9]{2,8}: .* -> .*|\*{3,} [0-9a-f]{8,16}(?:,[0-9a-f]{8,16})* \*{3,}|^begin trace\.\.\.")]
    private static partial Regex Nettrace();

    [GeneratedRegex(@"\bTIME\s+PID\s+(?:COMM\s+)?IP\s+SADDR:SPORT|Tracing tcp drops|SADDR:SPORT.*DADDR:DPORT\s+STATE")]
    private static partial Regex TcpDrop();

    // " 1)   0.500 us    |  kfree_skb();", "# tracer: function_graph"
    [GeneratedRegex(@"# tracer: function_graph|^\s*[0-9]{1,4}\)\s.*\|\s")]
    private static partial Regex GraphTracer();

    // "ksoftirq-16      1..s1.   101.250000: kfree_skb:            skbaddr=…"
    [GeneratedRegex(@"^\s*\S.{0,15}-[0-9]+\s+[0-9]{1,4}[.a-zA-Z#0-9]{3,7}\s+[0-9]+\.[0-9]{6,9}:\s+\w+:\s{2,}")]
    private static partial Regex TraceCmdLatency();

    // "  <idle>-0         1..s1.   23us+: kfree_skb: skbaddr=…", "# latency: 0 us"
    [GeneratedRegex(@"^\s*\S.{0,15}-[0-9]+\s+[0-9]{1,4}[.a-zA-Z#0-9]{3,7}\s+(?:[0-9]+us[ +!#*@$]?\s*:|[0-9]+\.[0-9]{6,9}:)\s|^# latency: ")]
    private static partial Regex Latency();

    [GeneratedRegex(@"\bskb:kfree_skb\(")]
    private static partial Regex PerfTrace();

    [GeneratedRegex(@"^\W*Overhead\s|^\W*Samples: [0-9]+\w? +of event|^# Total Lost Samples:")]
    private static partial Regex PerfReport();

    [GeneratedRegex(@"Performance counter stats for")]
    private static partial Regex PerfStat();

    [GeneratedRegex(@"^\W*Attaching [0-9]+ probes?|^\W*@\w*\[|^\W*@\w*: [0-9]+\s*$")]
    private static partial Regex BpfTrace();

    // "{ location: … } hitcount:          1"
    [GeneratedRegex(@"^\W*\{.*\} hitcount:\s+[0-9]|# event histogram")]
    private static partial Regex Histogram();

    // "[ 1234.567890] eth0: link up", "<6>[ 1234.567890] …", "[Thu Nov 26 10:16:02 2026] …"
    [GeneratedRegex(@"^(?:<[0-9]+>)?\[(?:\s*[0-9]+\.[0-9]{6}|[A-Z][a-z]{2} [A-Z][a-z]{2} .*[0-9]{4})\] ")]
    private static partial Regex KernelLog();

    // "10:16:02.012532 IP 192.0.2.1.40000 > 192.0.2.2.80: Flags [S]"
    [GeneratedRegex(@"^(?:\S+ )?[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3,9} (?:\S+ +(?:In|Out|B|M|P) +)?(?:IP6?|ARP)\b")]
    private static partial Regex TcpDump();

    [GeneratedRegex(@"^\W*kfree_skb: +skbaddr=|^\W*skbaddr=\S+ .*location=")]
    private static partial Regex CutHead();
}

/// <summary>The error for a trace without any event for drops: it does not show whether there were any.</summary>
internal static class NoDropEvents
{
    private const int MostNamed = 5;

    // It also frees consumed packets.
    private const string FreesAll = "__kfree_skb";

    /// <param name="options">The options.</param>
    /// <param name="text">The tool that printed the text.</param>
    /// <param name="others">Its events, by <see cref="Core.Decoding.DropDecoder.OtherEvents"/>.</param>
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
            TextFormat.TraceCmd => "is text of trace-cmd report and holds no drop events",
            _ => "holds no drop events",
        };
        string why = others.ContainsKey(FreesAll)
            ? $"{FreesAll} also frees packets that were delivered, so its calls are not drops. Trace kfree_skb (kfree_skb_reason since Linux 5.17, sk_skb_reason_drop since 6.11), or the tracepoint:\n"
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
