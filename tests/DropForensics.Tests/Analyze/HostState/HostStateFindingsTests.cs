using System.Text;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.Analyze.HostState;

/// <summary>What the state of the host adds to the drops: made captures of one fault each.</summary>
public sealed class HostStateFindingsTests : IDisposable
{
    private const string SocketHead = "protocol\tstate\tlocal\tport\tpeer\tpeer_port\tifindex\trecv_q\tsend_q\trmem\trcvbuf\tdrops\tv6only\tuid\tinode\tcgroup\tpid\tcomm\n";
    private const string EthtoolHead = "interface\tkind\tname\tvalue\n";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_full_receive_buffer_has_its_socket_its_process_and_its_size()
    {
        Finding finding = Of([.. Enumerable.Repeat(new Drop(VethB, Udp(1, 2, 40000, 5000), Reason: "SOCKET_RCVBUFF"), 40)],
            (Pod, "sockets.tsv", SocketHead + Socket("udp", "10.0.0.2", 5000, drops: 7), SocketHead + Socket("udp", "10.0.0.2", 5000, drops: 47, rmem: 8500)),
            (Pod, "/proc/sys/net", "net.core.rmem_max = 212992\n", null));

        Assert.Equal("receive-buffer", finding.Id);
        Assert.EndsWith("; the socket belongs to `server` (pid 4711).", finding.Title);
        Assert.Equal("The socket UDP 10.0.0.2:5000 of `server` (pid 4711) turned away 40 packets by its own count. Its receive buffer is 8.3 KiB, all of it in use after the window; "
            + "`net.core.rmem_max` lets a program have up to 416 KiB.", Sentences(finding)[0]);
    }

    [Fact]
    public void A_socket_that_dropped_nothing_in_the_window_is_not_blamed()
    {
        Finding finding = Of([new Drop(VethB, Udp(1, 2, 40000, 5000), Reason: "SOCKET_RCVBUFF")],
            (Pod, "sockets.tsv", SocketHead + Socket("udp", "10.0.0.2", 5000, drops: 7), SocketHead + Socket("udp", "10.0.0.2", 5000, drops: 7)));

        Assert.DoesNotContain("server", finding.Title);
        Assert.DoesNotContain(Sentences(finding), s => s.Contains("turned away", StringComparison.Ordinal));
    }

    [Fact]
    public void A_listener_that_overflowed_has_its_queue_its_limit_and_who_set_it()
    {
        Finding finding = Of([.. Enumerable.Repeat(new Drop(VethB, new(V4(1, 2, 6, 40000, 8080), null, null), Reason: "TCP_LISTEN_OVERFLOW"), 9)],
            (Pod, "sockets.tsv", SocketHead + Listener(8080, waiting: 0, limit: 16, drops: 0), SocketHead + Listener(8080, waiting: 17, limit: 16, drops: 9)),
            (Pod, "/proc/sys/net", "net.core.somaxconn = 4096\n", null));

        Assert.EndsWith("; the listener belongs to `server` (pid 4711).", finding.Title);
        Assert.Equal("The listener TCP 0.0.0.0:8080 of `server` (pid 4711) turned away 9 packets by its own count. 17 connections waited to be accepted after the window; its limit is 16: "
            + "the program asked for no more, `net.core.somaxconn` allows 4,096.", Sentences(finding)[0]);
    }

    [Theory]
    [InlineData("", "", "Nothing has UDP port 9 open in network namespace 4026532281: the host's lists of sockets show none, before the window and after it.")]
    [InlineData("127.0.0.1", "127.0.0.1", "UDP port 9 is open in network namespace 4026532281, but not at 10.0.0.2: UDP 127.0.0.1:9 of `server` (pid 4711) takes packets to its own address only.")]
    [InlineData("0.0.0.0", "", "UDP port 9 was open in network namespace 4026532281 before the window and not after it: UDP 0.0.0.0:9 of `server` (pid 4711) was closed in between.")]
    [InlineData("", "0.0.0.0", "UDP port 9 was not open in network namespace 4026532281 before the window, and was after it: UDP 0.0.0.0:9 of `server` (pid 4711) was opened in between.")]
    public void Who_listens_at_a_closed_port_is_known(string before, string after, string expected)
    {
        string Table(string local) => SocketHead + (local.Length > 0 ? Socket("udp", local, 9, drops: 0) : "") + Socket("udp", "0.0.0.0", 10, drops: 0, inode: 5) + Listener(9, 0, 1, 0);
        Finding finding = Of([new Drop(VethB, Udp(1, 2, 40000, 9))], (Pod, "sockets.tsv", Table(before), Table(after)));

        Assert.Equal(("closed-port", expected), (finding.Id, Sentences(finding)[0]));
    }

    [Fact]
    public void Nothing_is_said_of_a_namespace_whose_sockets_were_not_listed() => Assert.DoesNotContain(
        Sentences(Of([new Drop(VethB, Udp(1, 2, 40000, 9))], (Host, "sockets.tsv", SocketHead, SocketHead))), s => s.Contains("open", StringComparison.Ordinal));

    [Fact]
    public void What_a_card_lost_by_its_drivers_own_counters_is_a_finding()
    {
        Finding finding = All([new Drop(VethB, Udp(1, 2, 40000, 9))],
            (Host, "ethtool.tsv", EthtoolHead + "eth0\tdriver\tdriver\tena\neth0\tring\trx\t256\neth0\tring\trx_max\t4096\neth0\tstatistic\tpps_allowance_exceeded\t10\n",
                EthtoolHead + "eth0\tdriver\tdriver\tena\neth0\tring\trx\t256\neth0\tring\trx_max\t4096\neth0\tstatistic\tpps_allowance_exceeded\t510\neth0\tstatistic\tbw_in_allowance_exceeded\t3\n"))
            .Single(f => f.Id == "card");

        Assert.Equal((500L, "A network card, its driver or the cloud behind it loses packets: at least 500 packets at `eth0`, and no drop event shows them."), (finding.Drops, finding.Title));
        Assert.Contains("`pps_allowance_exceeded` of `eth0` (ena) grew by 500. It counts packets the cloud's network queued or dropped because the instance exceeded its packets per second.", Sentences(finding));
        Assert.Contains("The receive ring of `eth0` has 256 of at most 4,096 entries; `ethtool -G eth0 rx 4096` makes it larger.", Sentences(finding));
    }

    [Fact]
    public void Counters_of_drivers_that_did_not_move_or_are_not_known_are_no_finding() => Assert.DoesNotContain(
        All([new Drop(VethB, Udp(1, 2, 40000, 9))],
            (Host, "ethtool.tsv", EthtoolHead + "eth0\tdriver\tdriver\tena\neth0\tstatistic\tpps_allowance_exceeded\t10\neth0\tstatistic\tqueue_0_rx_cnt\t1\n",
                EthtoolHead + "eth0\tdriver\tdriver\tena\neth0\tstatistic\tpps_allowance_exceeded\t10\neth0\tstatistic\tqueue_0_rx_cnt\t100\n")), f => f.Id == "card");

    [Fact]
    public void Settings_and_tables_are_said_where_they_matter()
    {
        Assert.Contains(Sentences(Of([new Drop(VethB, Udp(1, 2, 40000, 9), Reason: "IP_RPFILTER")], (Pod, "/proc/sys/net", "net.ipv4.conf.all.rp_filter = 0\nnet.ipv4.conf.veth-b.rp_filter = 1\n", null))),
            s => s.StartsWith("The reverse path filter of `veth-b` is strict", StringComparison.Ordinal));
        Assert.Contains(Sentences(Of([new Drop(VethB, Udp(1, 2, 40000, 9), Reason: "QDISC_DROP")],
                (Pod, "qdiscs.tsv", "interface\tkind\thandle\tparent\tlimit\tsent\tbytes\tdrops\toverlimits\trequeues\tqlen\tbacklog\nveth-b\tpfifo\t1:\troot\t10\t0\t0\t5\t0\t0\t0\t0\n",
                    "interface\tkind\thandle\tparent\tlimit\tsent\tbytes\tdrops\toverlimits\trequeues\tqlen\tbacklog\nveth-b\tpfifo\t1:\troot\t10\t0\t0\t9\t0\t0\t0\t0\n"))),
            s => s == "The queue `pfifo` of `veth-b` dropped 4 packets by its own count; its limit is 10 packets.");
    }

    [Fact]
    public void The_section_shows_the_host_as_it_was_and_what_changed()
    {
        const string LinkHead = "interface\tifindex\tstate\tcarrier\tflags\tmtu\ttxqlen\tqdisc\tkind\tmaster\tlink\tgroup\taddress\tpromiscuity\ttx_queues\trx_queues\tcarrier_changes\n";
        ReportModel model = Read([new Drop(VethB, Udp(1, 2, 40000, 9))],
            (Pod, "links.tsv", LinkHead + "veth-b\t7\tup\t1\tup\t1500\t1000\tnoqueue\tveth\t-\t-\t0\t-\t0\t1\t1\t2\n", LinkHead + "veth-b\t7\tdown\t0\tup\t1500\t1000\tnoqueue\tveth\t-\t-\t0\t-\t0\t1\t1\t3\n"),
            (Pod, "/proc/sys/net", "net.ipv4.ip_forward = 0\n", "net.ipv4.ip_forward = 1\n"),
            (0, "/etc/os-release", "NAME=x\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n", null));

        Section section = ReportSections.Of(model).Single(s => s.Id == "host");

        Assert.Equal("Debian GNU/Linux 13 (trixie)", section.Parts.OfType<KnownLines>().Single().Lines[0].Value);
        Assert.Equal(["veth-b", "4026532281", "veth", "down", "1500"], section.Tables.Single().Rows.Single().Cells.Take(5).Select(cell => cell.Text));
        Assert.Equal(["`veth-b` in namespace 4026532281: state up, then down", "`net.ipv4.ip_forward` in namespace 4026532281: 0, then 1"], section.Parts.OfType<Bullets>().Single().Items);
    }

    [Fact]
    public void Without_the_state_there_is_no_section() => Assert.DoesNotContain(ReportSections.Of(Read([new Drop(VethB, Udp(1, 2, 40000, 9))])), s => s.Id == "host");

    [Fact]
    public void Text_that_is_no_table_says_nothing_and_breaks_nothing()
    {
        foreach (string text in new[] { "", "\n", "\t\t\n\t", "protocol\nudp", SocketHead + "udp\t\t\t99999999\n", SocketHead + "udp\tUNCONN\tx\t-1\n", "\0\uffff" })
        {
            string[] paths = ["sockets.tsv", "links.tsv", "ethtool.tsv", "qdiscs.tsv", "addresses.tsv", "neighbours.tsv", "routes.tsv", "rules.tsv", "irqs.tsv", "/proc/interrupts", "/proc/softirqs", "/proc/sys/net", "/proc/net/softnet_stat", "/proc/uptime", "build-ids.tsv", "missing.tsv"];
            ReportModel model = Read([new Drop(VethB, Udp(1, 2, 40000, 9))], [.. paths.Select(path => (Pod, path, text, (string?)text))]);
            Assert.Equal("closed-port", model.Findings[0].Id);
            Assert.NotEmpty(ReportSections.Of(model));
        }
    }

    private Finding Of(Drop[] drops, params (long Netns, string Path, string Before, string? After)[] files) => All(drops, files)[0];

    private IReadOnlyList<Finding> All(Drop[] drops, params (long Netns, string Path, string Before, string? After)[] files) => Read(drops, files).Findings;

    // A null after: as before.
    private ReportModel Read(Drop[] drops, params (long Netns, string Path, string Before, string? After)[] files)
    {
        string path = _scratch.File("c.db");
        File.Delete(path);
        MadePackets.Write(path, Eprobe, writer =>
        {
            foreach ((long netns, string name, string before, string? after) in files)
            {
                writer.AddArtifact(ArtifactPhase.Before, netns, name, Encoding.UTF8.GetBytes(before));
                if (after is not null) writer.AddArtifact(ArtifactPhase.After, netns, name, Encoding.UTF8.GetBytes(after));
            }
        }, drops);
        return MadeCapture.Read(path);
    }

    private static string[] Sentences(Finding finding) => [.. finding.Evidence.Select(EvidenceWords.Of)];

    private static string Socket(string protocol, string local, int port, long drops, long rmem = 0, long inode = 77) =>
        $"{protocol}\tUNCONN\t{local}\t{port}\t-\t-\t0\t{rmem}\t0\t{rmem}\t8448\t{drops}\t-\t0\t{inode}\t1\t4711\tserver\n";

    private static string Listener(int port, long waiting, long limit, long drops) =>
        $"tcp\tLISTEN\t0.0.0.0\t{port}\t-\t-\t0\t{waiting}\t{limit}\t0\t131072\t{drops}\t-\t0\t78\t1\t4711\tserver\n";
}
