using System.Globalization;
using System.Text;
using DropForensics.Analyze.Analysis;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Selection;
using DropForensics.Core;
using DropForensics.Core.Packets;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Export;

/// <summary>
/// The dropped packets for Wireshark, in order of time: the stored bytes of each, with its original length, and the reason
/// and place of its drop in a comment. Needs memory for one chunk of text for each CPU and for the interfaces, not for the drops. Where the capture has
/// rules of a firewall or of tc, all drops are read once before, to tell which rule is whose.
/// </summary>
internal sealed class PcapngExport : IDisposable
{
    private readonly CaptureReader _capture;
    private readonly CaptureInfo _info;
    private readonly PcapngWriter _writer;
    private readonly DropRows _drops;
    private readonly Dictionary<long, PacketStream> _streams;
    private readonly Dictionary<(string? Name, long? Index, long? Netns, PacketStart Start), int> _interfaces = [];
    private readonly PacketComment _comment;
    private long _packets, _without;

    private PcapngExport(CaptureReader capture, CaptureInfo info, DropRules? rules, Stream output)
    {
        (_capture, _info, _writer) = (capture, info, new PcapngWriter(output));
        _drops = new DropRows(capture.Connection);
        _comment = new PacketComment(_drops, new CaptureQueries(capture.Connection).Links(), rules, FollowingEvents.Read(capture.Connection));
        _streams = capture.Streams().ToDictionary(
            stream => (long?)stream.Cpu ?? -1, stream => new PacketStream(capture, stream.Cpu, info.HitsOf, info.Packets == "full"));
    }

    /// <param name="capture">Open.</param>
    /// <param name="output">Receives the file; nothing if there is no packet.</param>
    /// <param name="notes">Receives notes about what is left out.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <param name="stop">Ends it between two drops.</param>
    /// <exception cref="UserError">The capture holds no packets, or is damaged.</exception>
    public static ExitCode Write(CaptureReader capture, Stream output, TextWriter notes, ProgressLine? progress, CancellationToken stop)
    {
        var queries = new CaptureQueries(capture.Connection);
        CaptureInfo info = queries.Capture();
        if (!DropSelection.MayHold(info))
        {
            throw NoPackets(capture, info);
        }

        DropRules? rules = info.HitsOf is null && queries.HasFile(HostAtThatTime.Rules, HostAtThatTime.Filtering)
            ? new DropRules(new FactBuilder(capture.Connection, new RawLines(capture.Connection), progress).Build(stop)) : null;
        using var export = new PcapngExport(capture, info, rules, output);
        return export.Run(notes, progress, stop);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _drops.Dispose();
        foreach (PacketStream stream in _streams.Values)
        {
            stream.Dispose();
        }
    }

    private static UserError NoPackets(CaptureReader capture, CaptureInfo info) => new(
        $"{capture.Path} holds no packets: "
        + (info.Packets == "none" && info.Probe != "tracepoint" ? "it was captured with --packets none" : $"its probe, {info.Probe}, shows none"),
        "Capture with `--probe eprobe` or `--probe kprobe`, and without `--packets none`; `capture doctor` shows what a host allows.");

    private ExitCode Run(TextWriter notes, ProgressLine? progress, CancellationToken stop)
    {
        int cpu = _drops["cpu"], line = _drops["raw_line"];
        _drops.Read(
            tNs =>
            {
                PacketStream? stream = _streams.GetValueOrDefault(_drops.Row.Number(cpu) ?? 0) ?? _streams.GetValueOrDefault(-1);
                if (stream?.Take(_drops.Row.Number(line) ?? 0) is { } packet)
                {
                    Write(tNs, packet);
                }
                else
                {
                    _without++;
                }
            },
            stop,
            progress);
        if (_packets == 0)
        {
            // Imported text does not show whether its probe records packets; a capture whose probe does may be empty.
            if (_info.Probe == "import")
            {
                throw NoPackets(_capture, _info);
            }

            WriteSection();
        }

        progress?.Dispose();
        return Say(notes);
    }

    private void Write(long tNs, StoredPacket packet)
    {
        if (_packets++ == 0)
        {
            WriteSection();
        }

        _writer.WritePacket(Interface(packet.Start), _drops.Clock.RealNs(tNs) ?? _info.OpenedNs.GetValueOrDefault() + tNs, packet.Bytes, packet.Length, _comment.Of(tNs));
    }

    private void WriteSection()
    {
        string stored = _info.Packets == "full" ? "the beginning of each packet" : "each packet's headers alone";
        string host = _info.HostName is { } name ? $" of {name}" : "";
        string of = _info.HitsOf is { } function ? $"The packets{host} that {function} was called with" : $"Packets{host} that the kernel dropped";
        string times = IsTimeKnown ? "" : " Its times are the trace clock's, not the time of day.";
        _writer.WriteSection($"DropForensics {ProductVersion.Number}", _info.KernelRelease is { } release ? $"Linux {release}" : null, $"{of}: {stored}, as stored.{times}");
    }

    private int Interface(PacketStart start)
    {
        DropRow row = _drops.Row;
        (string? Name, long? Index, long? Netns, PacketStart Start) key = (row.Text(_drops["interface"]), row.Number(_drops["ifindex"]), row.Number(_drops["netns"]), start);
        if (!_interfaces.TryGetValue(key, out int number))
        {
            string? name = key.Name is null ? null : Visible.Text(key.Name);
            string what = name is null ? "the packets pointed to no known interface" : $"interface {key.Index} of network namespace {key.Netns}";
            number = start == PacketStart.Ethernet
                ? _writer.WriteInterface(PcapngWriter.LinkEthernet, name, what)
                : _writer.WriteInterface(PcapngWriter.LinkRaw, name, $"{what}; without a link header");
            _interfaces.Add(key, number);
        }

        return number;
    }

    private ExitCode Say(TextWriter notes)
    {
        if (_without > 0)
        {
            notes.WriteLine(
                $"{Units.Count(_packets, "packet")}; {Units.Count(_without, "drop")} left out (no Ethernet or IP header): usually "
                + "a reply that the kernel was still building, a message between programs (a Unix socket), or ARP without its Ethernet header");
        }

        if (!IsTimeKnown)
        {
            notes.WriteLine("the capture does not hold the host's clocks: times are the trace clock's, not the time of day");
        }

        if (_streams.Values.Sum(stream => stream.Forgotten) is > 0 and var forgotten)
        {
            notes.WriteLine($"{Units.Count(forgotten, "line")} with a packet too far out of order");
            return ExitCode.Incomplete;
        }

        return ExitCode.Done;
    }

    private bool IsTimeKnown => _drops.Clock.IsKnown;
}

/// <summary>
/// A packet's comment: its drop, as text for display filters (<c>frame.comment contains "reason=NO_SOCKET"</c>), without unknown
/// values.
/// A forwarded packet also has the interface it arrived through: <c>from=eth1 interface=eth0</c>; one that a known rule dropped has that:
/// <c>rule=inet/fw/in/7</c>; and one of a connection to which something else happened in the next second, the first of that: <c>then=tcp_retransmit_skb after=201.337ms</c>.
/// <code>reason=NO_SOCKET function=__udp4_lib_rcv driver=e1000 interface=eth0 netns=4026531840 cpu=1 drop=655</code>
/// </summary>
/// <param name="drops">The source of the drop; <c>drop=</c> is its id there.</param>
/// <param name="links">The interfaces by id.</param>
/// <param name="rules">What is known of rules; null: nothing.</param>
/// <param name="events">The events beside the drops; null: none.</param>
internal sealed class PacketComment(DropRows drops, IReadOnlyDictionary<long, LinkRow> links, DropRules? rules, FollowingEvents? events)
{
    private readonly (string Word, int Column)[] _words =
    [
        ("reason", drops["reason"]), ("function", drops["function"]), ("module", drops["module"]), ("driver", drops["driver"]),
        ("interface", drops["interface"]), ("netns", drops["netns"]), ("owner", drops["owner"]), ("uid", drops["uid"]), ("cpu", drops["cpu"]), ("drop", drops["id"]),
    ];

    private readonly int _reason = drops["reason"], _function = drops["function"], _interface = drops["interface"], _ifIndex = drops["ifindex"], _netns = drops["netns"], _iif = drops["iif"];
    private readonly LinkNames _names = new(links, links.Keys);
    private readonly StringBuilder _text = new();

    private readonly int[] _ends = [drops["src"], drops["sport"], drops["dst"], drops["dport"]];
    private readonly int[] _innerEnds = [drops["inner_src"], drops["inner_sport"], drops["inner_dst"], drops["inner_dport"]];

    /// <summary>The comment of the current drop.</summary>
    /// <param name="tNs">When it came.</param>
    public string Of(long tNs)
    {
        _text.Clear();
        foreach ((string word, int column) in _words)
        {
            if (drops.Row.Text(column) is { } value)
            {
                if (column == _interface && drops.Row.Number(_iif) is { } from && from != drops.Row.Number(_ifIndex))
                {
                    _text.Append(_text.Length > 0 ? " " : "").Append("from=").Append(_names.ByIndex(drops.Row.Number(_netns), from).Replace(' ', '-'));
                }

                _text.Append(_text.Length > 0 ? " " : "").Append(word).Append('=').Append(Visible.Text(value));
            }
        }

        if (rules?.Of(drops.Site, drops.Row.Number(_netns), drops.Row.Text(_function), drops.Row.Text(_reason)) is { } rule)
        {
            _text.Append(" rule=").Append(Visible.Text(rule).Replace(' ', '-'));
        }

        int[] ends = drops.Row.Text(_innerEnds[0]) is null ? _ends : _innerEnds;
        if (events?.After(ConnectionEnds.Of(drops.Row.Text(ends[0]), drops.Row.Number(ends[1]), drops.Row.Text(ends[2]), drops.Row.Number(ends[3])), tNs) is var (kind, afterNs))
        {
            _text.Append(CultureInfo.InvariantCulture, $" then={Visible.Text(kind)} after={afterNs / 1e6:0.###}ms");
        }

        return _text.ToString();
    }
}
