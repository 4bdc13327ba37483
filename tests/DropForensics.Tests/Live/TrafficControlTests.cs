using System.Text;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Filters and classes of traffic control, as far as this kernel has them; counts of a filter that drops are in the matrix of kernels.</summary>
[Collection(LiveCollection.Name)]
public sealed class TrafficControlTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost? _host;

    public TrafficControlTests()
    {
        Requires.LiveKernel();
        Requires.Program("tc", "iproute2");
        _host = new LiveHost();
    }

    private LiveHost Host => _host ?? throw new InvalidOperationException("the constructor skipped");

    private string File => _directory.File("x.db");

    public void Dispose()
    {
        _host?.Dispose();   // null where the constructor skipped
        _directory.Dispose();
    }

    [Fact]
    public void Classes_and_the_filters_that_choose_them_are_listed()
    {
        Host.Sh("ip link add a0 type veth peer name a1; tc qdisc add dev a0 root handle 1: htb default 10; tc class add dev a0 parent 1: classid 1:10 htb rate 1mbit; "
            + "tc filter add dev a0 parent 1: protocol ip prio 5 u32 match ip dport 80 0xffff flowid 1:10");

        Capture(() => { });

        Assert.Equal(["a0 htb 1:10 root"], Stored("classes.tsv").Select(row => $"{row.Text("interface")} {row.Text("kind")} {row.Text("handle")} {row.Text("parent")}"));
        Assert.Equal(["a0 1: 5 ip u32 0x80000800 -"], Stored("filters.tsv").Select(row =>
            $"{row.Text("interface")} {row.Text("parent")} {row.Text("priority")} {row.Text("protocol")} {row.Text("kind")} {row.Text("handle")} {row.Text("action") ?? "-"}"));
    }

    [Fact]
    public void A_program_that_drops_and_counts_nothing_is_shown_and_not_blamed()
    {
        // A program of one instruction: return TC_ACT_SHOT.
        Host.Sh("tc qdisc add dev lo clsact; tc filter add dev lo ingress bpf da bytecode '1,6 0 0 2,'");

        Capture(() => Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 12)));

        Finding finding = MadeCapture.Read(File).Findings[0];
        Assert.Equal(("tc-rule", 12L), (finding.Id, finding.Drops));
        Assert.DoesNotContain("tc filter", finding.Title);
        Assert.Equal("No tc filter counted 12 packets dropped on ingress. They may have met the tc filter pref 49152 handle 0x1 of `lo` ingress (`bpf`), of which no count is known.", EvidenceWords.Of(finding.Evidence[0]));
    }

    [Fact]
    public void A_host_without_filters_has_no_list_of_them()
    {
        Capture(() => { });

        Assert.Empty(Db.Rows<string>(File, "select path from artifact where path in ('filters.tsv', 'classes.tsv')"));
    }

    private void Capture(Action traffic)
    {
        Finished finished = Agent.Around(Host, traffic, "--duration", "60s", "-o", File);
        Assert.True(finished.ExitCode == 0, finished.ToString());
    }

    private IReadOnlyList<TsvRow> Stored(string path) =>
        new TsvText(Encoding.UTF8.GetBytes(Db.Scalar<string>(File, $"select cast(content as text) from artifact where path = '{path}' and phase = 'before'"))).Rows;
}
