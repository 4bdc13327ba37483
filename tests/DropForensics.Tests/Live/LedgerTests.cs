using System.Text.Json;
using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Core.Procfs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>The accounts of a capture against what was sent, on this kernel.</summary>
[Collection(LiveCollection.Name)]
public sealed class LedgerTests : IDisposable
{
    private const int Datagrams = 20_000;

    private readonly ScratchDirectory _directory = new();
    private readonly LiveHost _host;

    public LedgerTests()
    {
        Requires.LiveKernel();
        _host = new LiveHost();
    }

    private string File => _directory.File("x.db");

    [Fact]
    public void The_kernels_counter_of_datagrams_to_closed_ports_gains_what_was_captured()
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 1000)), "--duration", "50s", "-o", File, "--json");

        Assert.True(finished.ExitCode == 0, finished.ToString());
        var facts = Analyze(expected: 0).GetProperty("facts");
        var netns = NetNamespaces.OfTask(new HostRoot(), _host.Pid);
        Assert.Equal(1000, GainOfNoPorts(netns ?? 0));

        // By the tracepoint a packet's namespace is not known: all of them together are held against all that was traced.
        var row = Assert.Single(facts.GetProperty("counters").EnumerateArray(), counter => counter.GetProperty("counter").GetString() == "Udp.NoPorts"
            && (counter.GetProperty("netns").ValueKind == JsonValueKind.Null || counter.GetProperty("netns").GetInt64() == netns));
        Assert.Equal("agrees", row.GetProperty("reading").GetString());
        Assert.InRange(row.GetProperty("counted").GetInt64(), 1000, 1100);
        Assert.InRange(1000, row.GetProperty("at_least").GetInt64() - 100, row.GetProperty("at_most").GetInt64());
    }

    [Fact]
    public void In_a_ring_too_small_captured_and_lost_are_what_the_kernel_counted_and_what_was_sent()
    {
        // A protocol that nobody has: no other packet of this host is dropped for that.
        var finished = Agent.Around(
            _host, () =>
            {
                for (var cpu = 0; cpu < Math.Min(2, Environment.ProcessorCount); cpu++)
                    _host.InNetwork(() => Traffic.SendUnknownProtocol("127.0.0.1", Datagrams / 2), cpu);
            },
            "--duration", "50s", "-o", File, "--json", "--probe", "tracepoint", "--buffer", "64KiB", "--reason", "IP_NOPROTO");

        Assert.True(finished.ExitCode == 4, finished.ToString());
        var result = Agent.Json(finished);
        Assert.InRange(result.GetProperty("lost").GetInt64(), 1, long.MaxValue);
        Assert.Equal(Math.Min(2, Environment.ProcessorCount) * (Datagrams / 2), result.GetProperty("witness_drops").GetInt64());
        var lost = result.GetProperty("gaps").EnumerateArray().Where(gap => gap.GetProperty("stage").GetString() == "ring").Sum(gap => gap.GetProperty("at_least").GetInt64());
        Assert.Equal(result.GetProperty("witness_drops").GetInt64(), result.GetProperty("drops").GetInt64() + lost);
        Assert.Equal(lost, result.GetProperty("missing_at_least").GetInt64());

        // The analyzer judges the same from the file alone.
        var report = Analyze(expected: 4);
        var told = report.GetProperty("verdict").GetProperty("completeness");
        Assert.Equal(lost, told.GetProperty("at_least").GetInt64());
        Assert.Equal(result.GetProperty("gaps").ToString().Replace(" ", ""), told.GetProperty("gaps").ToString().Replace(" ", ""));
        Assert.Equal(result.GetProperty("witness_drops").GetInt64(), Db.Scalar<long>(File, "select sum(drops) from kernel_count where source = 'witness'"));
        Assert.Equal(0, Db.Scalar<long>(File, "select count(*) from line_count where kind like 'unparsed%'"));
    }

    [Fact]
    public void What_readers_took_out_of_the_ring_is_what_was_understood()
    {
        var finished = Agent.Around(
            _host, () => _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 30_000)), "--duration", "50s", "-o", File, "--json");

        Assert.True(finished.ExitCode == 0, finished.ToString());
        foreach (var cpu in Analyze(expected: 0).GetProperty("facts").GetProperty("ledger").GetProperty("cpus").EnumerateArray())
            Assert.Equal(cpu.GetProperty("records_read").GetInt64(), cpu.GetProperty("records_understood").GetInt64());
    }

    [Fact]
    public void The_counters_of_an_interface_are_those_that_sysfs_shows()
    {
        _host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 9, 17));
        var space = new NetNamespace(NetNamespaces.OfTask(new HostRoot(), _host.Pid) ?? 0, $"/proc/{_host.Pid}/ns/net");

        var text = NetNamespaces.Run(new HostRoot(), space, () =>
            InterfaceStatistics.Format(NetlinkLinks.Dump(out _).Select(link => (link.Name, link.Index, link.Statistics))), out _) ?? [];

        var shown = _host.Run("sh", "-c", "cd /sys/class/net/lo/statistics; for f in *; do echo $f $(cat $f); done").Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).Where(words => words[1] != "0");
        Assert.Equal(shown.Select(words => (words[0], long.Parse(words[1]))).Append(("ifindex", 1)).Order(), InterfaceStatistics.Parse(text)["lo"].Select(c => (c.Key, c.Value)).Order());
    }

    public void Dispose()
    {
        _host.Dispose();
        _directory.Dispose();
    }

    private JsonElement Analyze(int expected)
    {
        var report = Shell.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "analyze.dll"), File, "--no-html", "--no-png", "--json");
        Assert.True(report.ExitCode == expected, report.ToString());
        return Agent.Json(report);
    }

    private long GainOfNoPorts(long netns)
    {
        long[] counted = [.. new[] { "before", "after" }.Select(phase => NetworkCounters.ReadTables(System.Text.Encoding.ASCII.GetBytes(
            Db.Scalar<string>(File, $"select cast(content as text) from artifact where phase = '{phase}' and netns = {netns} and path = '/proc/net/snmp'")))["Udp.NoPorts"])];
        return counted[1] - counted[0];
    }
}
