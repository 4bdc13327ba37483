using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>The part of a closed-port finding about hosts that sent to many ports: port scans, or answers that came too late.</summary>
internal sealed class PortScans
{
    /// <summary>Client programs use the ports from here on (net.ipv4.ip_local_port_range): packets to these are answers.</summary>
    private const int FirstEphemeralPort = 32768;

    private const int Named = 3;

    private readonly List<ScanFacts> _scans, _answers;

    private readonly CaptureFacts? _facts;

    private PortScans(CaptureFacts? facts, IEnumerable<ScanFacts> all)
    {
        _facts = facts;
        ILookup<bool, ScanFacts> scans = all.ToLookup(IsAnswers);
        (_scans, _answers) = (scans[false].ToList(), scans[true].ToList());
    }

    /// <summary>For no capture.</summary>
    public static PortScans None { get; } = new(null, []);

    public static PortScans Of(CaptureFacts facts) => facts.Scans.Count == 0 ? None : new(facts, facts.Scans);

    /// <summary>Number of packets in scans.</summary>
    public long Drops => _scans.Sum(s => s.Drops);

    /// <summary>The end of the title; empty if there are none.</summary>
    /// <param name="drops">Of the whole finding.</param>
    public string Clause(long drops) =>
        (_scans is [var scan, ..] ? $"; {Of(Drops, drops)} a port scan: {scan.Src} tried {Count(scan.Ports, scan.Protocol + " port")} of {scan.Dst}{Others(_scans)}" : "")
        + (_answers is [var late, ..]
            ? $"; {Of(_answers.Sum(s => s.Drops), drops)} answers that came too late, from port {late.Sport} of {late.Src} to {Count(late.Ports, late.Protocol + " port")} of {late.Dst}{Others(_answers)}" : "");

    /// <summary>Text after the meaning of closed ports.</summary>
    public string Meaning =>
        (_scans.Count > 0 ? $" A source that tries {FactLimits.ScannedPorts} or more closed ports of a host is a port scan: dropping its packets is right, and harmless if the scanner is known." : "")
        + (_answers.Count > 0
            ? $" Packets from one server port to {FactLimits.ScannedPorts} or more ephemeral ports ({FirstEphemeralPort} and up) are answers to programs that had already closed their sockets." : "");

    public IEnumerable<Evidence> Evidence => _scans.Take(Named).Concat(_answers.Take(Named)).Select(s => new ScanEvidence(s));

    public IEnumerable<string> Causes =>
    [
        .. _scans.Count > 0 ? ["Your own security scanner or monitoring.", "Someone looks for open services."] : Array.Empty<string>(),
        .. _answers.Count > 0
            ? ["The server answers after its clients have given up (DNS resolver timeouts, for example).", "Clients ask several servers and use the first answer."] : Array.Empty<string>(),
    ];

    /// <param name="link">The interface that most of the packets came through; null: unknown.</param>
    public IEnumerable<KnownCheck> Checks(string? link) =>
    [
        .. _scans is [var scan, ..] ? CheckFiller.Fill(
            _facts!, // where there are scans, there are the facts they are of
            [
                new KnownCheck("ss -lntup", "what listens, and what the scan can find"),
                new KnownCheck("timeout 10 tcpdump -ni any -c 20 host \"$ADDR\"", "what it sends now"),
            ], link, null, scan.Src) : [],
        .. _answers is [var late, ..] ? CheckFiller.Fill(
            _facts!, // where there are scans, there are the facts they are of
            [
                new KnownCheck("timeout 10 tcpdump -tttni any -c 50 host \"$ADDR\"", "requests and answers, with the time between them"),
                new KnownCheck("nstat -az UdpNoPorts Udp6NoPorts TcpOutRsts", "how often"),
            ], link, null, late.Src) : [],
    ];

    // A service answers from its own port to its clients' ephemeral ports.
    private static bool IsAnswers(ScanFacts scan) => scan is { Sport: < FirstEphemeralPort, LowestPort: >= FirstEphemeralPort };

    private static string Of(long these, long drops) => these >= drops ? "they are" : $"{Count(these)} of them are";

    private static string Others(List<ScanFacts> scans) => scans.Count == 1 ? "" : $" and {Count(scans.Count - 1, "other pair")} of hosts";
}
