using System.Net;
using System.Net.Sockets;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Model;
using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>What the agent stores of this machine's sockets and of how it is set up, and what the analyzer makes of it.</summary>
[Collection(LiveCollection.Name)]
public sealed class HostStateTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly List<Socket> _sockets = [];
    private LiveHost? _host;

    private string File => _directory.File("x.db");

    private LiveHost Host => _host ??= new LiveHost();

    private long Netns => NetNamespaces.OfTask(new HostRoot(), Host.Pid) ?? 0;

    public HostStateTests() => Requires.LiveKernel();

    public void Dispose()
    {
        foreach (Socket socket in _sockets) socket.Dispose();
        _host?.Dispose();   // null where the constructor skipped
        _directory.Dispose();
    }

    [Fact]
    public void A_full_receive_buffer_is_its_sockets_and_its_processs()
    {
        int taken = 0;
        Capture(() => Host.InNetwork(() =>
        {
            Socket receiver = Kept(new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4096 });
            receiver.Bind(new IPEndPoint(IPAddress.Loopback, 5555));
            Traffic.SendUdp("127.0.0.1", 5555, 100, size: 800);
            var buffer = new byte[2048];
            for (; receiver.Available > 0; taken++) receiver.Receive(buffer);
        }));

        SocketState socket = SocketAt(5555);
        Assert.Equal(("udp", "127.0.0.1", 100L - taken, 8192L, (long)Environment.ProcessId), (socket.Protocol, socket.Local, socket.Drops, socket.ReceiveBuffer, socket.Pid));
        ReportModel model = MadeCapture.Read(File);
        Assert.Contains($"; the socket belongs to `{socket.Comm}` (pid {Environment.ProcessId})", model.Findings.Single(f => f.Id == "receive-buffer").Title);
        Assert.Contains(model.Findings.Single(f => f.Id == "receive-buffer").Evidence.Select(EvidenceWords.Of),
            sentence => sentence.Contains($"turned away {100 - taken} packets by its own count. Its receive buffer is 8 KiB", StringComparison.Ordinal));
    }

    [Fact]
    public void A_listener_that_overflowed_has_its_queue_and_its_limit()
    {
        Capture(() => Host.InNetwork(() =>
        {
            Socket listener = Kept(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 8080));
            listener.Listen(1);
            for (int i = 0; i < 6; i++)
            {
                Socket client = Kept(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false });
                try
                {
                    client.Connect(new IPEndPoint(IPAddress.Loopback, 8080));
                }
                catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
                {
                }
            }
        }));

        SocketState listener = SocketAt(8080);
        Assert.True(listener.IsListener);
        Assert.Equal((2L, 1L, (long)Environment.ProcessId), (listener.ReceiveQueue, listener.SendQueue, listener.Pid));
        Assert.True(listener.Drops > 0);
        Assert.Contains(MadeCapture.Read(File).Findings.Where(f => f.Id is "refused-connections" or "listen-queue").SelectMany(f => f.Evidence).Select(EvidenceWords.Of),
            sentence => sentence.Contains("The listener TCP 127.0.0.1:8080", StringComparison.Ordinal) && sentence.Contains("its limit is 1: the program asked for no more", StringComparison.Ordinal));
    }

    [Fact]
    public void How_the_namespace_is_set_up_is_there_in_the_kernels_words()
    {
        Requires.Program("ip", "iproute2");
        Host.Sh(
            """
            ip link add v0 mtu 1400 type veth peer name v1
            ip addr add 10.77.0.1/24 dev v0
            ip -6 addr add fd77::1/64 dev v0 nodad
            ip link set v0 up
            ip link set v1 up
            ip route add 198.51.100.0/24 via 10.77.0.2 table 77
            ip route add blackhole 203.0.113.0/24
            ip rule add from 10.77.0.9 fwmark 0x7 table 77
            ip neigh add 10.77.0.2 lladdr 02:00:00:00:00:77 dev v0 nud permanent
            tc qdisc add dev v0 root pfifo limit 77
            echo 1 > /proc/sys/net/ipv4/conf/v0/rp_filter
            """);

        Capture(() => Host.Sh("ip link set v0 mtu 1300"));

        Assert.Contains("v0\t", Table("links.tsv", "before"));
        Assert.Contains("\t1400\t", Line("links.tsv", "before", "v0\t"));
        Assert.Contains("\t1300\t", Line("links.tsv", "after", "v0\t"));
        Assert.Equal("inet\t77\tunicast\t198.51.100.0/24\t-\t10.77.0.2\tv0\t-\t-\t-\t3\t0\t-", Line("routes.tsv", "before", "inet\t77"));
        Assert.Equal("inet\tmain\tblackhole\t203.0.113.0/24\t-\t-\t-\t-\t-\t-\t3\t0\t-", Line("routes.tsv", "before", "inet\tmain\tblackhole"));
        Assert.EndsWith("\tlookup\t77\t10.77.0.9\t-\t-\t-\t0x7\t0xffffffff\t-\t-\t-", Table("rules.tsv", "before").Split('\n').Single(line => line.Contains("\t77\t", StringComparison.Ordinal)));
        Assert.Equal("10.77.0.2\tv0\t02:00:00:00:00:77\tpermanent", Line("neighbours.tsv", "before", "10.77.0.2"));
        Assert.StartsWith("v0\t10.77.0.1/24\t-\tglobal", Line("addresses.tsv", "before", "v0\t10.77"));
        Assert.StartsWith("v0\tfd77::1/64\t-\tglobal", Line("addresses.tsv", "before", "v0\tfd77"));
        Assert.Contains("\tpfifo\t", Line("qdiscs.tsv", "before", "v0\t"));
        Assert.Contains("\troot\t77\t", Line("qdiscs.tsv", "before", "v0\t"));
        Assert.Contains("net.ipv4.conf.v0.rp_filter = 1\n", Table("/proc/sys/net", "before"));
        Assert.DoesNotContain("_key", Table("/proc/sys/net", "before"));
        Assert.Equal("interface\tdirection\tprogram\n", Table("tcx.tsv", "before")); // nothing is attached
        Assert.NotNull(MadeCapture.Read(File).Facts.Host.Number(0, "vm.min_free_kbytes"));
        Assert.Contains("`v0` in namespace " + Netns + ": MTU 1400, then 1300", MadeCapture.Read(File).Facts.Host.ChangedLinks());
    }

    [Fact]
    public void A_veth_whose_peer_is_in_another_namespace_is_not_linked_to_what_has_the_peers_index_here()
    {
        Requires.Program("ip", "iproute2");
        using var there = new LiveHost();
        Host.Sh(
            $"""
            ip link add v0 index 20 type veth peer name v1 index 21
            ip link set v1 netns {there.Pid}
            ip link add clash index 21 type veth peer name mate index 22
            """);

        Capture(() => { });

        List<LinkState> links = [.. LinkState.Parse(Netns, new TsvText(System.Text.Encoding.UTF8.GetBytes(Table("links.tsv", "before"))))];
        Assert.Equal([("v0", "index 21"), ("clash", "mate"), ("mate", "clash")], links.Where(link => link.Kind == "veth").OrderBy(link => link.Index).Select(link => (link.Name, link.Link)));
        Assert.Matches("\t([0-9]+|unknown)$", Line("links.tsv", "before", "v0\t"));
        Assert.EndsWith("\t-", Line("links.tsv", "before", "clash\t"));
        Assert.Contains(LinkPairs.Of(MadeCapture.Read(File).Facts.Host.LinksAfter), pair => (pair.One.Name, pair.Other.Name) is ("v0", "v1") or ("v1", "v0"));
    }

    [Fact]
    public void Without_it_nothing_but_sockets_and_counters_is_kept()
    {
        Capture(() => Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 3)), "--no-host-state");

        Assert.Equal(["sockets.tsv"], Db.Rows<string>(File, "select distinct path from artifact where path glob '*.tsv'"));
        Assert.Equal(0, Db.Scalar<long>(File, "select count(*) from artifact where path in ('/proc/sys/net', '/proc/interrupts', '/etc/os-release', '/proc/cmdline')"));
    }

    private void Capture(Action traffic, params string[] more)
    {
        var finished = Agent.Around(Host, traffic, ["--duration", "60s", "-o", File, .. more]);
        Assert.True(finished.ExitCode == 0, finished.ToString());
    }

    private Socket Kept(Socket socket)
    {
        _sockets.Add(socket);
        return socket;
    }

    private SocketState SocketAt(int port) => SocketState.Parse(Netns, new TsvText(System.Text.Encoding.UTF8.GetBytes(Table("sockets.tsv", "after")))).Single(socket => socket.Port == port);

    private string Table(string path, string phase) =>
        Db.Scalar<string>(File, $"select cast(content as text) from artifact where netns = {Netns} and path = '{path}' and phase = '{phase}'");

    private string Line(string path, string phase, string start) => Table(path, phase).Split('\n').Single(line => line.StartsWith(start, StringComparison.Ordinal));
}
