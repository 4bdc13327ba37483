using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Redact;

/// <summary>
/// Tables of the host's state that may stay: sockets, links, queues, tc filters and drivers' information. Each allowed column is listed here; a table with any
/// other column is left out entirely, and so are remarks. Users are left out.
/// </summary>
/// <param name="tokens">The replacements.</param>
internal sealed partial class TableRedactor(Tokens tokens)
{
    private const string LeftOut = "-";

    /// <summary>The redacted table; null if it may not stay.</summary>
    public byte[]? Redact(string path, byte[] content)
    {
        Func<string, string, string?>? cell = path switch
        {
            "sockets.tsv" => Socket,
            "links.tsv" => Link,
            "qdiscs.tsv" or "classes.tsv" => Queue,
            "filters.tsv" => Filter,
            "tcx.tsv" => Tcx,
            "devlink.tsv" => Devlink,
            "ethtool.tsv" => Ethtool,
            EventTables.Armed => Armed,
            EventTables.Counted => Counted,
            FrozenRing.Path => Frozen,
            LatencyTable.Path => Latency,
            _ when SampledSpans.IsPath(path) => Sampled,
            _ => null,
        };
        if (cell is null) return null;
        string[] lines = Encoding.UTF8.GetString(content).Split('\n');
        string[] columns = lines[0].Split('\t');
        if (columns.Any(column => cell(column, LeftOut) is null)) return null;
        StringBuilder text = new StringBuilder(lines[0]).Append('\n');
        foreach (string line in lines.Skip(1))
        {
            string[] cells = line.Split('\t');
            if (line.StartsWith('#') || cells.Length != columns.Length) continue;
            text.AppendJoin('\t', cells.Select((each, i) => each == LeftOut ? LeftOut : cell(columns[i], each))).Append('\n');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // A filter may compare with an address or a name.
    private string? Armed(string column, string value) => column switch
    {
        "event" => value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':') ? value : LeftOut,
        "filter" => LeftOut,
        _ => null,
    };

    private static string? Counted(string column, string value) => column is "cpu" or "events" ? Number(value) : null;

    private static string? Frozen(string column, string value) => FrozenRing.Columns.Contains(column) ? Number(value) : null;

    private static string? Latency(string column, string value) => column switch
    {
        "since" or "until" or "reason" => Plain(value),
        "at_most_us" or "packets" => Number(value),
        _ => null,
    };

    private static string? Sampled(string column, string value) =>
        SampledSpans.Columns.Contains(column) || SampledSpans.CountedColumns.Contains(column) ? Number(value) : null;

    private string? Socket(string column, string value) => column switch
    {
        "protocol" or "state" => Plain(value),
        "local" or "peer" => Address(value),
        "port" or "peer_port" or "ifindex" or "recv_q" or "send_q" or "rmem" or "rcvbuf" or "drops" or "v6only" or "uid" or "inode" or "cgroup" or "pid" => Number(value),
        "comm" => value == LeftOut ? value : tokens.Comm(Encoding.UTF8.GetBytes(value)),
        _ => null,
    };

    private string? Link(string column, string value) => column switch
    {
        "link" when IndexElsewhere().IsMatch(value) => value,
        "interface" or "master" or "link" => Interface(value),
        "link_netnsid" when value == "unknown" => value,
        "state" or "flags" or "qdisc" or "kind" => Plain(value),
        "ifindex" or "carrier" or "mtu" or "txqlen" or "promiscuity" or "tx_queues" or "rx_queues" or "carrier_changes" or "link_netnsid" => Number(value),
        "group" or "address" or "xdp" => LeftOut,
        _ => null,
    };

    private string? Queue(string column, string value) => column switch
    {
        "interface" => Interface(value),
        "kind" or "handle" or "parent" => Plain(value),
        "loss" => Percent().IsMatch(value) ? value : LeftOut,
        "limit" or "sent" or "bytes" or "drops" or "overlimits" or "requeues" or "qlen" or "backlog" => Number(value),
        _ => null,
    };

    // What a filter matches has addresses, and names of programs.
    private string? Filter(string column, string value) => column switch
    {
        "interface" => Interface(value),
        "parent" or "protocol" or "kind" or "handle" or "action" or "verdict" => Plain(value),
        "priority" or "chain" or "index" or "packets" or "bytes" or "drops" => Number(value),
        "what" => LeftOut,
        _ => null,
    };

    private string? Tcx(string column, string value) => column switch
    {
        "interface" => Interface(value),
        "direction" => Plain(value),
        "program" => LeftOut,
        _ => null,
    };

    // The device is a card's place on the bus.
    private static string? Devlink(string column, string value) => column switch
    {
        "kind" or "name" or "state" => Plain(value),
        "port" or "errors" or "recovered" or "packets" or "bytes" or "drops" => Number(value),
        "device" => LeftOut,
        _ => null,
    };

    private string? Ethtool(string column, string value) => column switch
    {
        "interface" => Interface(value),
        "kind" or "name" => Plain(value),
        "value" => value is "on" or "full" or "half" || DriverName().IsMatch(value) ? value : LeftOut,
        _ => null,
    };

    private string Interface(string value) => value == LeftOut ? value : tokens.Interface(Encoding.UTF8.GetBytes(value));

    private string Address(string value)
    {
        if (!IPAddress.TryParse(value, out IPAddress? address)) return LeftOut;
        byte[] bytes = address.GetAddressBytes();
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, tokens.Ipv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)));
        }
        else
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, tokens.Ipv6(BinaryPrimitives.ReadUInt128BigEndian(bytes)));
        }

        return new IPAddress(bytes).ToString();
    }

    private static string Number(string value) => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? value : LeftOut;

    /// <summary>Words of the kernel and of drivers, not names that someone on the host chose.</summary>
    private static string Plain(string value) => Word().IsMatch(value) ? value : LeftOut;

    [GeneratedRegex(@"^[\w .,:()\[\]/-]{1,40}\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[0-9]{1,3}(\.[0-9]{1,3})?\z")]
    private static partial Regex Percent();

    // Names of interfaces have no spaces.
    [GeneratedRegex(@"^index [0-9]{1,10}\z")]
    private static partial Regex IndexElsewhere();

    // A number, or a driver's name for itself; the firmware's version and the card's place on the bus are left out.
    [GeneratedRegex(@"^([0-9]{1,20}|[a-z][a-z0-9_]{1,20})\z")]
    private static partial Regex DriverName();
}
