using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using DropForensics.Capture.Host;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.State;

/// <summary>
/// The sockets of the network namespace that the calling thread is in, that packets can be lost at: all of UDP, and of TCP the listeners. They are asked
/// for by sock_diag; where that would load a kernel module, the files of procfs are read, which say less.
/// </summary>
internal sealed class SocketList
{
    // So many are looked at, and so many of each protocol are kept: listeners, those that dropped, and those without a peer before the rest.
    private const int MostSeen = 20_000, MostKept = 2_000;

    private const int AfInet = 2, AfInet6 = 10, Tcp = 6, Udp = 17;
    private const ushort SocketDiagByFamily = 20;
    private const int Listen = 10;

    private readonly List<SocketRow> _rows = [];
    private readonly List<string> _remarks = [];

    /// <summary>At most some thousands.</summary>
    public IReadOnlyList<SocketRow> Rows => _rows;

    /// <summary>What is missing, and why.</summary>
    public IReadOnlyList<string> Remarks => _remarks;

    /// <summary>Reads what can be read, and never fails.</summary>
    public static SocketList Read(HostRoot host)
    {
        var list = new SocketList();
        list.Add(host, "tcp", Tcp, 1u << Listen, "accept queues' limits");
        list.Add(host, "udp", Udp, uint.MaxValue, "receive buffers");
        return list;
    }

    private void Add(HostRoot host, string protocol, byte number, uint states, string lost)
    {
        var seen = new List<SocketRow>();
        bool isCut = false;
        if (DiagModules.WouldLoad(host, $"{protocol}_diag") is { } module)
        {
            _remarks.Add($"{protocol}: from /proc/net, without {lost} and control groups: asking for them would load the kernel module {module}");
            foreach (string? name in new[] { protocol, protocol + "6" }) isCut |= !SocketFiles.Read(host.At($"/proc/thread-self/net/{name}"), name, MostSeen, seen);
        }
        else
        {
            foreach (int family in new[] { AfInet, AfInet6 })
            {
                try
                {
                    var dump = NetlinkDump<SocketRow>.Read(
                        RouteNetlink.SocketDiagnosis, SocketDiagByFamily, Request((byte)family, number, states), MostSeen, body => SocketRow.TryParse(protocol, body));
                    seen.AddRange(dump.Rows);
                    isCut |= dump.IsCut;
                }
                catch (IOException e)
                {
                    _remarks.Add($"{protocol}{(family == AfInet6 ? "6" : "")}: {e.Message}");
                }
            }
        }

        if (isCut || seen.Count > MostKept) _remarks.Add($"{protocol}: more sockets than are listed here");
        seen.Sort((a, b) => Order(a).CompareTo(Order(b)));
        _rows.AddRange(seen.Count > MostKept ? seen.GetRange(0, MostKept) : seen);
    }

    // struct inet_diag_req_v2: family, protocol, which attributes, padding, states, and a socket's identity, all zero for any
    private static byte[] Request(byte family, byte protocol, uint states)
    {
        const byte WantsMemory = 1 << 6;
        byte[] request = new byte[56];
        request[0] = family;
        request[1] = protocol;
        request[2] = WantsMemory;
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(4), states);
        return request;
    }

    private static int Order(SocketRow row) => row switch
    {
        { Drops: > 0 } => 0,
        { State: "LISTEN" } => 1,
        { PeerPort: 0 } => 2,
        _ => 3,
    };

    /// <summary>The table of the file <c>sockets.tsv</c>.</summary>
    public byte[] Format(SocketHolders holders)
    {
        const int MostBytes = 256 * 1024;
        var table = new TsvTable(
            MostBytes, "protocol", "state", "local", "port", "peer", "peer_port", "ifindex", "recv_q", "send_q", "rmem", "rcvbuf", "drops", "v6only", "uid", "inode",
            "cgroup", "pid", "comm");
        foreach (SocketRow row in _rows)
        {
            SocketHolder? holder = holders.Of(row.Inode);
            table.Add(
                row.Protocol, row.State, row.Local.ToString(), Text(row.Port), IsAny(row.Peer) && row.PeerPort == 0 ? null : row.Peer.ToString(),
                row.PeerPort == 0 ? null : Text(row.PeerPort), Text(row.IfIndex), Text(row.ReceiveQueue), Text(row.SendQueue), Text(row.ReceiveMemory),
                Text(row.ReceiveBuffer), Text(row.Drops), row.IsV6Only is { } only ? only ? "1" : "0" : null, Text(row.Uid), Text(row.Inode),
                row.Cgroup?.ToString(CultureInfo.InvariantCulture), Text(holder?.Pid), holder?.Comm);
        }

        foreach (string remark in _remarks) table.Remark(remark);
        if (holders.WhyNotAll is { } why) table.Remark(why);
        return table.Bytes();
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
