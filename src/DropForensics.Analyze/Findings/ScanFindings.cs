using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Packets of one host to many ports without a socket: somebody looks for open ones, or answers come too late.</summary>
internal static class ScanFindings
{
    /// <summary>Ports from here on are taken by programs that ask others (net.ipv4.ip_local_port_range): what comes to them are answers.</summary>
    private const int FirstEphemeralPort = 32768;

    private const int Named = 3;

    public static IEnumerable<Finding> Of(CaptureFacts facts)
    {
        ILookup<bool, ScanFacts> scans = facts.Scans.ToLookup(IsAnswers);
        if (scans[false].Any()) yield return Scan(facts, scans[false].ToList());
        if (scans[true].Any()) yield return Answers(facts, scans[true].ToList());
    }

    // A service answers from its own port, to ports that its clients were given.
    private static bool IsAnswers(ScanFacts scan) => scan is { Sport: < FirstEphemeralPort, LowestPort: >= FirstEphemeralPort };

    private static Finding Scan(CaptureFacts facts, List<ScanFacts> scans) => Make(facts, scans, "port-scan",
        $"Ports are scanned: {scans[0].Src} tried {Count(scans[0].Ports, scans[0].Protocol + " port")} of {scans[0].Dst}{Others(scans)}",
        $"At least {FactLimits.ScannedPorts} ports of one host, from one source, that no socket takes. A scanner's packets are meant to be dropped: harmless, if the scanner is known.",
        ["A security scanner or monitoring of your own.", "Somebody looks for open services."],
        [
            new KnownCheck("ss -lntup", "what listens, and can be found by it"),
            new KnownCheck("timeout 10 tcpdump -ni any -c 20 host \"$ADDR\"", "what it sends now"),
            new KnownCheck("ip neigh show \"$ADDR\"", "the MAC address, if it is on the same network"),
        ]);

    private static Finding Answers(CaptureFacts facts, List<ScanFacts> scans) => Make(facts, scans, "late-answers",
        $"Answers come when nobody waits for them any more: from port {scans[0].Sport} of {scans[0].Src} to {Count(scans[0].Ports, scans[0].Protocol + " port")} of {scans[0].Dst}{Others(scans)}",
        $"From one port of a server to at least {FactLimits.ScannedPorts} ports that are given to those who ask ({FirstEphemeralPort} and up): the programs that asked had closed their sockets.",
        ["The server answers later than its clients wait (timeouts of a DNS resolver, say).", "Clients ask several servers and take the first answer."],
        [
            new KnownCheck("timeout 10 tcpdump -tttni any -c 50 host \"$ADDR\"", "questions and answers with the time between them"),
            new KnownCheck("nstat -az UdpNoPorts Udp6NoPorts TcpOutRsts", "how often"),
        ]);

    private static Finding Make(
        CaptureFacts facts, List<ScanFacts> scans, string id, string title, string meaning, IReadOnlyList<string> causes, IReadOnlyList<KnownCheck> checks)
    {
        long drops = scans.Sum(s => s.Drops);
        double share = (double)drops / facts.Drops;
        return new Finding
        {
            Id = id,
            Severity = Severity.Depends,
            Title = $"{title}, {Count(drops, "packet")}, {Percent(share)} of all.",
            Meaning = meaning,
            Drops = drops,
            Share = share,
            Evidence = scans.Take(Named).Select(s =>
                $"{s.Src} to {s.Dst}: {Count(s.Drops, "packet")} to {Count(s.Ports, "port")} from {s.LowestPort} to {s.HighestPort}, {(s.Sport is { } from ? $"all from port {from}" : "from several ports")}.").ToList(),
            Causes = causes,
            Checks = CheckFiller.Fill(checks, null, null, scans[0].Src),
            Weight = FindingOrder.Weight(Severity.Depends, drops, FindingOrder.OfMore),
        };
    }

    private static string Others(List<ScanFacts> scans) => scans.Count == 1 ? "" : $" and {Count(scans.Count - 1, "other pair")} of hosts";
}
