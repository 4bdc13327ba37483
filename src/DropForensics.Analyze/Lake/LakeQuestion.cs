using System.Globalization;

namespace DropForensics.Analyze.Lake;

/// <summary>A question that incidents raise, ready to ask: a statement over the views of <see cref="LakeViews"/>.</summary>
/// <param name="Name">For <c>--question</c>.</param>
/// <param name="About">What it answers.</param>
/// <param name="Sql">The statement; <c>$top</c> and <c>$since</c> stand for the options.</param>
internal sealed record LakeQuestion(string Name, string About, string Sql)
{
    // A host that looked twice counts with the sum of its windows. Hits of a function are no drops.
    private const string Looked = """
        looked AS (SELECT host, sum(window_ns) / 1e9 AS seconds FROM captures WHERE hits_of IS NULL AND window_ns > 0 GROUP BY host)
        """;

    // What was dropped is no older than a retransmit's longest first wait; two hosts' clocks may differ by some more.
    private const string Answered = "e.time BETWEEN d.time - INTERVAL 500 MILLISECOND AND d.time + INTERVAL 1500 MILLISECOND";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<LakeQuestion> All { get; } =
    [
        new("top-reasons", "why packets were dropped, on all hosts", """
            SELECT reason, function, count(*) AS drops, count(DISTINCT host) AS hosts, min(time) AS first, max(time) AS last
              FROM drops GROUP BY reason, function ORDER BY drops DESC, reason, function LIMIT $top
            """),
        new("outliers", "hosts that drop more for a reason than the median of all hosts that looked", $"""
            WITH {Looked},
                 reasons AS (SELECT DISTINCT reason FROM drops),
                 counted AS (SELECT host, reason, count(*) AS drops FROM drops GROUP BY host, reason),
                 rates AS (SELECT l.host, r.reason, coalesce(c.drops, 0) AS drops, coalesce(c.drops, 0) / l.seconds AS per_second
                             FROM looked l CROSS JOIN reasons r
                             LEFT JOIN counted c ON c.host IS NOT DISTINCT FROM l.host AND c.reason IS NOT DISTINCT FROM r.reason),
                 medians AS (SELECT reason, median(per_second) AS median_per_second, count(*) AS hosts FROM rates GROUP BY reason)
            SELECT rates.host, rates.reason, rates.drops, round(rates.per_second, 3) AS per_second, round(median_per_second, 3) AS median_per_second, hosts
              FROM rates JOIN medians m ON m.reason IS NOT DISTINCT FROM rates.reason
             WHERE rates.per_second > 3 * median_per_second AND rates.drops > 10
             ORDER BY rates.per_second - median_per_second DESC, rates.host, rates.reason LIMIT $top
            """),
        new("both-ends", "drops on one host of packets that another host sent again within 1.5 s, if their clocks agree to 0.5 s", $"""
            SELECT d.host AS dropped_at, e.host AS sent_again_by, d.src, d.dst, d.sport, d.dport, d.reason, d.function,
                   count(DISTINCT (d.capture_uuid, d.id)) AS drops, count(DISTINCT (e.capture_uuid, e.raw_line, e.cpu)) AS retransmits
              FROM drops d JOIN events e ON e.src = d.src AND e.dst = d.dst AND e.sport = d.sport AND e.dport = d.dport AND {Answered}
             WHERE e.kind LIKE '%tcp_retransmit%' AND e.host <> d.host
             GROUP BY ALL ORDER BY drops DESC, retransmits DESC, dropped_at, sent_again_by LIMIT $top
            """),
        new("new-since", "what was dropped since a time and never before it; by default since the last date began", """
            SELECT reason, function, count(*) AS drops, count(DISTINCT host) AS hosts, min(time) AS first
              FROM drops GROUP BY reason, function
            HAVING min(time) >= $since ORDER BY first, drops DESC LIMIT $top
            """),
        new("by-owner", "whose packets were dropped", """
            SELECT coalesce(unit, container, owner) AS owner, reason, count(*) AS drops, count(DISTINCT host) AS hosts
              FROM drops GROUP BY 1, 2 ORDER BY drops DESC, 1, 2 LIMIT $top
            """),
        new("by-kernel", "drops a second by kernel, of all hosts that looked", """
            WITH looked AS (SELECT kernel_release, count(DISTINCT host) AS hosts, sum(window_ns) / 1e9 AS seconds FROM captures WHERE hits_of IS NULL AND window_ns > 0 GROUP BY ALL)
            SELECT l.kernel_release, d.reason, coalesce(d.drops, 0) AS drops, l.hosts, round(coalesce(d.drops, 0) / l.seconds, 3) AS per_second
              FROM looked l
              LEFT JOIN (SELECT kernel_release, reason, count(*) AS drops FROM drops JOIN captures USING (capture_uuid) GROUP BY ALL) d
                ON d.kernel_release IS NOT DISTINCT FROM l.kernel_release
             ORDER BY per_second DESC, 1, 2 LIMIT $top
            """),
        new("timeline", "drops and hosts that drop, by minute", """
            SELECT date_trunc('minute', time) AS minute, count(*) AS drops, count(DISTINCT host) AS hosts, mode(reason) AS most_frequent
              FROM drops GROUP BY 1 ORDER BY 1 DESC LIMIT $top
            """),
        new("flow", "the flows with most drops, and where", """
            SELECT ip_protocol, src, dst, dport, count(*) AS drops, string_agg(DISTINCT host, ' ' ORDER BY host) AS hosts, mode(reason) AS most_frequent
              FROM drops WHERE src IS NOT NULL GROUP BY ALL ORDER BY drops DESC, src, dst, dport LIMIT $top
            """),
        new("completeness", "how much each capture may lack, the worst first; and who looked and saw nothing", """
            SELECT host, window_begin, round(window_ns / 1e9, 3) AS seconds, probe, drops, completeness, missing_at_least, missing_at_most, ended, filter, redacted IS NOT NULL AS redacted
              FROM captures ORDER BY completeness = 'complete', missing_at_most DESC NULLS FIRST, host, window_begin LIMIT $top
            """),
        new("retransmits", "segments sent again, by host and peer, and drops of the same flows on any host", """
            WITH sent AS (SELECT host, src, dst, sport, dport, count(*) AS retransmits FROM events WHERE kind LIKE '%tcp_retransmit%' GROUP BY ALL),
                 dropped AS (SELECT src, dst, sport, dport, count(*) AS drops, string_agg(DISTINCT host, ' ' ORDER BY host) AS dropped_at FROM drops WHERE ip_protocol = 6 GROUP BY ALL)
            SELECT s.host, s.src, s.dst, s.dport, sum(s.retransmits) AS retransmits, coalesce(sum(d.drops), 0) AS drops, any_value(d.dropped_at) AS dropped_at
              FROM sent s LEFT JOIN dropped d ON d.src = s.src AND d.dst = s.dst AND d.sport = s.sport AND d.dport = s.dport
             GROUP BY ALL ORDER BY retransmits DESC, s.host, s.dst LIMIT $top
            """),
    ];

    /// <summary>The statement with the options in it.</summary>
    /// <param name="top">Rows.</param>
    /// <param name="since">For <c>new-since</c>; null: when the last date began on which there are drops.</param>
    public string Statement(int top, DateTimeOffset? since) => Sql
        .Replace("$top", top.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
        .Replace("$since", since is { } time ? $"TIMESTAMPTZ '{time.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}+00'" : "(SELECT date_trunc('day', max(time)) FROM drops)", StringComparison.Ordinal);
}
