using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.Analyze.Findings;

/// <summary>Where most packets were dropped: said of one place out of several, and of no other.</summary>
public sealed class PlaceFindingsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void One_interface_of_several_is_told_with_its_driver_and_the_rest()
    {
        Finding finding = Of(Drops(80, i => new Drop(VethB, Udp(i, 2, 40000 + i, i))).Concat(Drops(20, i => new Drop(Eth0, Udp(i, 3, 40000 + i, i)))), "one-interface")!;
        Assert.Equal("One interface has most of the drops: `veth-b` (`veth`), 80.0 % of all.", finding.Title);
        Assert.Contains(finding.Evidence.Select(EvidenceWords.Of), e => e.Contains("80 drops; all others: 20", StringComparison.Ordinal));
        Assert.Contains(finding.Checks, c => c.Command == "nsenter -t \"$NSPID\" -n ethtool -S veth-b");
    }

    [Fact]
    public void Less_than_most_of_them_is_no_place() =>
        Assert.Null(Of(Drops(79, i => new Drop(VethB, Udp(i, 2, 40000 + i, i))).Concat(Drops(21, i => new Drop(Eth0, Udp(i, 3, 40000 + i, i)))), "one-interface"));

    [Fact]
    public void The_only_interface_is_nothing_strange() => Assert.Null(Of(Drops(100, i => new Drop(VethB, Udp(i, 2, 40000 + i, i))), "one-interface"));

    [Fact]
    public void Few_drops_have_a_place_by_chance() => Assert.DoesNotContain(All(Drops(45, _ => new Drop(VethB, Udp(1, 2, 40000, 9))).Append(new Drop(Eth0, Udp(3, 2, 1, 7)))), IsPlace);

    [Fact]
    public void One_flow_that_has_more_than_all_others_together_is_told()
    {
        Finding finding = Of(Drops(60, _ => new Drop(VethB, Udp(1, 2, 40000, 9))).Concat(Drops(40, i => new Drop(VethB, Udp(i, 3, 50000, 100 + i)))), "one-flow")!;
        Assert.Equal("One flow has most of the drops: 10.0.0.1:40000 → 10.0.0.2:9, UDP to port 9, 60.0 % of all.", finding.Title);
    }

    [Fact]
    public void One_port_is_told_where_many_send_to_it()
    {
        Finding finding = Of(Drops(90, i => new Drop(VethB, Udp(i, 2, 40000 + i, 9))).Concat(Drops(10, i => new Drop(VethB, Udp(i, 2, 40000, 100 + i)))), "one-port")!;
        Assert.Equal("One port has most of the drops: UDP to port 9, 90.0 % of all.", finding.Title);
        Assert.Contains(finding.Checks, c => c.Command == "ss -lntup \"sport = :9\"");
    }

    [Fact]
    public void The_port_of_one_flow_is_told_with_the_flow() =>
        Assert.Null(Of(Drops(90, _ => new Drop(VethB, Udp(1, 2, 40000, 9))).Concat(Drops(10, i => new Drop(VethB, Udp(i, 2, 40000, 100 + i)))), "one-port"));

    [Fact]
    public void One_CPU_of_four_that_has_most_is_told() => Assert.Equal(
        "One CPU drops most: CPU 3, 90.0 % of all, of 4 CPUs.",
        Text(i => MadeCapture.Event(100 + (i / 10.0), cpu: i % 10 == 0 ? 1 : 3), cpusOnline: "0-3").Single(f => f.Id == "hot-cpu").Title);

    [Fact]
    public void One_CPU_of_two_is_nothing_strange() =>
        Assert.DoesNotContain(Text(i => MadeCapture.Event(100 + (i / 10.0), cpu: 1), cpusOnline: "0-1"), f => f.Id == "hot-cpu");

    [Fact]
    public void One_process_that_ran_for_most_drops_is_told_and_what_that_need_not_mean()
    {
        Finding finding = Text(i => MadeCapture.Event(100 + (i / 10.0), task: i % 10 == 0 ? "<idle>-0" : "sender-4711"), "0-1").Single(f => f.Id == "one-process");
        Assert.Equal("One process was on the CPU for most of the drops: `sender`, thread 4711, 90.0 % of all.", finding.Title);
        Assert.Contains("by interrupt", finding.Meaning, StringComparison.Ordinal);
        Assert.Contains(finding.Checks, c => c.Command.Contains("-p 4711", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<idle>-0")]
    [InlineData("ksoftirqd/1-24")]
    public void A_CPU_that_idles_or_works_off_softirqs_is_no_process(string task) =>
        Assert.DoesNotContain(Text(i => MadeCapture.Event(100 + (i / 10.0), task: task), "0-1"), f => f.Id == "one-process");

    private static bool IsPlace(Finding finding) => finding.Id.StartsWith("one-", StringComparison.Ordinal) || finding.Id == "hot-cpu";

    private static IEnumerable<Drop> Drops(int count, Func<int, Drop> make) => Enumerable.Range(1, count).Select(make);

    private Finding? Of(IEnumerable<Drop> drops, string id) => All(drops).SingleOrDefault(f => f.Id == id);

    private IReadOnlyList<Finding> All(IEnumerable<Drop> drops)
    {
        MadePackets.Write(Path, Eprobe, drops.ToArray());
        return MadeCapture.Read(Path).Findings;
    }

    private IReadOnlyList<Finding> Text(Func<int, string> line, string cpusOnline)
    {
        MadeCapture.Write(Path, MadeCapture.Whole with { CpusOnline = cpusOnline }, [(null, string.Concat(Enumerable.Range(0, 100).Select(line)))]);
        return MadeCapture.Read(Path).Findings;
    }
}
