using DropForensics.Analyze.Charts;

namespace DropForensics.Tests.Analyze.Charts;

/// <summary>Chart data: one like a real capture's, and as nasty as a seed makes it.</summary>
internal static class SampleCharts
{
    public const long Second = 1_000_000_000;

    public static readonly DateTime Start = new(2026, 11, 22, 9, 2, 16, DateTimeKind.Utc);

    public static readonly ReasonColours Colours = new(["NO_SOCKET", "SOCKET_RCVBUFF", "TCP_OLD_DATA"]);

    public static TimelineData Timeline(params LossSpan[] losses) => new(
        10 * Second,
        Second,
        [
            new ReasonSeries("SOCKET_RCVBUFF", [0, 0, 4, 4, 0, 0, 8, 0, 0, 2]),
            new ReasonSeries("NO_SOCKET", [10, 20, 30, 40, 120, 60, 20, 10, 0, 5]),
        ],
        losses,
        Start);

    public static BarData Sites() => new(
        "Top drop sites",
        [new("tcp_v4_rcv", "NO_SOCKET", 315, "NO_SOCKET"), new("__udp_queue_rcv_skb", "SOCKET_RCVBUFF", 18, "SOCKET_RCVBUFF")],
        333,
        "No drops.");

    public static HeatData Heat() => new(
        "Drops by driver and reason", ["e1000", "veth"], ["NO_SOCKET", "SOCKET_RCVBUFF", "TCP_OLD_DATA"], [[1000, 300, 0], [40, 3, 1]], "No drops.");

    public static PairedBarData Pairs() => new(
        "Drops a second", new BarOwner("A", "before.db"), new BarOwner("B", "after.db"),
        [
            new("all drops", false, "less", new BarValue(80, 80, "80/s", 800), new BarValue(6, 20, "6 to 20/s", 60)),
            new("NO_SOCKET", true, "gone", new BarValue(80, 80, "80/s", 800), new BarValue(0, 0, "none", 0)),
            new("QDISC_DROP", true, "new", new BarValue(0, 0, "none", 0), new BarValue(6, null, "at least 6/s", 60)),
        ],
        "No rates.");

    public static FlameData Flame() => new(
        "Stacks",
        [
            new(-1, "tcp_v4_rcv", 700, "NO_SOCKET"), new(0, "ip_local_deliver_finish", 600), new(1, "e1000_clean [e1000]", 400), new(1, "process_backlog", 200),
            new(-1, "__udp_queue_rcv_skb", 250, "SOCKET_RCVBUFF"),
        ],
        1000, "drops", "No drops.");

    public static SummaryData Summary(TimelineData timeline) => new(
        "No socket takes these packets",
        new SummaryFinding(Tone.Depends, "Check", "316 packets, 95 % of all; TCP to port 22."),
        [new SummaryFinding(Tone.Harmful, "Harmful", "A receive buffer is full: 12 packets.")],
        3,
        "333 packets dropped in 10 s. 95 % by tcp_v4_rcv, reason NO_SOCKET.",
        new CompletenessLine(Tone.Harmless, "Complete", "333 captured, 0 lost."),
        timeline,
        Sites(),
        new BarData("Drivers", [new("ath11k_pci", "wlan0", 333)], 333, ""),
        new BarData("Top flows", [], 333, "Flows are not known: this kernel's tracepoint carries no packet headers."),
        new CaptureFooter("edge-gw-07", "6.8.0-45-generic", "2026-11-22 09:02:16 UTC", "10 s of 10 s asked", "skb:kfree_skb", new string('a', 64), "0.1.0"));

    public static SummaryData Nasty(int seed, out ReasonColours colours)
    {
        var random = new Random(seed);
        var bins = random.Next(1, 200);
        var window = random.NextInt64(1, 4000 * Second);
        var bin = Math.Max(1, (window + bins - 1) / bins);
        ReasonSeries[] series =
        [
            .. Enumerable.Range(0, random.Next(0, 13))
                .Select(_ => new ReasonSeries(NastyText(random), [.. Enumerable.Range(0, bins).Select(_ => NastyCount(random))])),
        ];
        LossSpan[] losses =
        [
            .. Enumerable.Range(0, random.Next(0, 9)).Select(_ =>
            {
                var from = random.NextInt64(0, window);
                return new LossSpan(from, random.NextInt64(from, window + 1), random.Next(3) == 0 ? null : NastyCount(random));
            }),
        ];
        colours = new ReasonColours(series.Select(s => s.Reason));
        DateTime? start = random.Next(3) == 0 ? null : Start;
        return new SummaryData(
            string.Join(' ', Enumerable.Range(0, random.Next(0, 30)).Select(_ => NastyText(random))),
            random.Next(2) == 0 ? null : new SummaryFinding((Tone)random.Next(3), NastyText(random), NastyText(random)),
            [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => new SummaryFinding((Tone)random.Next(3), NastyText(random), NastyText(random)))],
            random.Next(3),
            NastyText(random),
            new CompletenessLine((Tone)random.Next(3), NastyText(random), NastyText(random) + " " + NastyText(random)),
            new TimelineData(window, bin, series, losses, start),
            Bars(),
            Bars(),
            Bars(),
            new CaptureFooter(NastyText(random), NastyText(random), NastyText(random), NastyText(random), NastyText(random), NastyText(random), NastyText(random), random.Next(2) == 0 ? null : NastyText(random)));

        BarData Bars()
        {
            BarRow[] rows =
            [
                .. Enumerable.Range(0, random.Next(0, 8))
                    .Select(_ => new BarRow(NastyText(random), NastyText(random), NastyCount(random), random.Next(2) == 0 ? null : NastyText(random), random.Next(2) == 0)),
            ];
            return new BarData(NastyText(random), rows, rows.Sum(r => r.Count) + (random.Next(2) * 5), NastyText(random));
        }
    }

    public static string NastyText(Random random) => random.Next(8) switch
    {
        0 => "",
        1 => "NO_SOCKET",
        2 => "__very_long_symbol_" + new string('w', random.Next(90, 140)) + ".constprop.0",
        3 => "<script>alert('x')</script>&amp;\"]]>",
        4 => "a\0b\u001b[31m\r\n\t\u0085\u202e\ud800 \U0001f4a9 Zürich \ufffe",
        5 => "[2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:65535 → [2001:db8:1111:2222:3333:4444:5555:6666]:65535",
        6 => new string('@', random.Next(1, 60)),
        _ => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => (char)random.Next(1, 0x2200))),
    };

    private static long NastyCount(Random random) => random.Next(4) switch
    {
        0 => 0,
        1 => random.Next(10),
        2 => random.Next(5_000),
        _ => random.NextInt64(1_000_000_001),
    };
}
