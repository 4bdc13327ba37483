using System.Net;
using System.Net.Sockets;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Tracepoints recorded beside the drops, held against what the host counts.</summary>
[Collection(LiveCollection.Name)]
public sealed class OtherEventsTests : IDisposable
{
    private const int Port = 5000;

    private readonly ScratchDirectory _directory = new();
    private readonly Lazy<LiveHost> _host = new(() => new LiveHost());

    private LiveHost Host => _host.Value;

    private string File => _directory.File("x.db");

    public void Dispose()
    {
        if (_host.IsValueCreated) _host.Value.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void Every_segment_that_tcp_sends_again_is_stored_with_its_flow_and_the_capture_stays_whole()
    {
        Requires.Program("nft", "nftables");
        System.IO.File.WriteAllText(_directory.File("rules"), "table inet fw {\n chain in {\n type filter hook input priority 0\n tcp dport 5000 meta length > 500 counter drop\n }\n}\n");
        long sent = 0, port = 0;
        Finished finished = Agent.Around(
            Host,
            () =>
            {
                Host.InNetwork(() =>
                {
                    long before = Retransmits();
                    using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
                    listener.Listen();
                    using var sender = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    sender.Connect(IPAddress.Loopback, Port);
                    port = ((IPEndPoint)sender.LocalEndPoint!).Port; // it is connected
                    using Socket receiver = listener.Accept();
                    Host.Sh($"nft -f '{_directory.File("rules")}'");
                    sender.Send(new byte[1000]);
                    Await.Until(() => Retransmits() - before >= 2);
                    Host.Sh("nft delete table inet fw");
                    receiver.Receive(new byte[1000]); // what was sent again came through
                    sent = Retransmits() - before;
                });
                Host.InNetwork(() => Assert.Equal(3, Traffic.ConnectRefused("127.0.0.1", 9, 3)));
            },
            "--with", "tcp", "-o", File);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("tcp_retransmit_skb", finished.Output, StringComparison.Ordinal);

        Assert.Equal(
            [$"tcp_retransmit_skb|127.0.0.1|{port}|127.0.0.1|{Port}|{sent}", "tcp_send_reset|127.0.0.1|9|127.0.0.1||3"],
            [.. Db.Texts(File, """
                SELECT kind, src, sport, dst, CASE WHEN kind = 'tcp_send_reset' THEN '' ELSE dport END, count(*) FROM events
                 WHERE kind IN ('tcp_retransmit_skb', 'tcp_send_reset') GROUP BY 1, 2, 3, 4, 5 ORDER BY 1
                """).Select(row => string.Join('|', row))]);

        // What was armed and never happened is said, and what happened was counted by the kernel too.
        ReportModel model = MadeCapture.Read(File);
        Assert.Contains("tcp:tcp_retransmit_synack", model.Facts.SilentEvents);
        Assert.DoesNotContain("tcp:tcp_retransmit_skb", model.Facts.SilentEvents);
        Assert.Equal(Db.Scalar<long>(File, "SELECT count(*) FROM other_event"), model.Facts.Ledger.Cpus.Sum(cpu => cpu.OthersWritten));

        // Every record of the ring is accounted for, those of the other events too.
        Finished verified = Shell.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "analyze.dll"), "verify", File);
        Assert.True(verified.ExitCode == 0, verified.ToString());

        // The segment itself, and all that was sent again but the last.
        Assert.Equal(sent, Db.Scalar<long>(File, "SELECT count(*) FROM drops WHERE reason = 'NETFILTER_DROP'"));

        // The drops of a kernel without probes that read packets have no addresses.
        bool hasAddresses = Db.Scalar<long>(File, "SELECT count(*) FROM drops WHERE src IS NOT NULL") > 0;
        Assert.StartsWith(
            hasAddresses ? $"Drops here make TCP send again: {sent} of {sent} retransmits follow a drop" : $"Retransmits cannot be compared with the drops: TCP sent {sent} segments again, and",
            MadeCapture.Read(File).Findings.Single(finding => finding.Id == "retransmits").Title, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_the_kernel_rejects_ends_the_capture_before_it_begins_and_nothing_stays()
    {
        Finished finished = Host.Run([.. Agent.Command, "--event", "sched:sched_switch/prev_pidd == 1/", "-o", File]);
        Assert.Equal(2, finished.ExitCode);
        Assert.Contains("the kernel rejects the filter of sched:sched_switch, 'prev_pidd == 1': Field not found", finished.Errors, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
        Assert.Empty(Directory.GetDirectories(Path.Combine(Host.Tracefs, "instances"), "dropforensics_*"));
    }

    // Of the namespace that this thread is in.
    private static long Retransmits()
    {
        string[][] lines = [.. System.IO.File.ReadLines("/proc/thread-self/net/snmp").Where(line => line.StartsWith("Tcp:", StringComparison.Ordinal)).Select(line => line.Split(' '))];
        return long.Parse(lines[1][Array.IndexOf(lines[0], "RetransSegs")], System.Globalization.CultureInfo.InvariantCulture);
    }
}
