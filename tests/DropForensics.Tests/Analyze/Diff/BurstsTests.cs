using DropForensics.Analyze.Diff;
using DropForensics.Analyze.Facts;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Comparison;
using static DropForensics.Tests.TestKit.MadeCapture;
using static DropForensics.Tests.TestKit.MadeCounts;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>Drops that come in bursts: their number says little, that of the bursts is judged.</summary>
public sealed class BurstsTests : TwoCaptures
{
    // Real rings lose packets in bursts: one of 60, within half a millisecond.
    private const int Burst = 60;

    [Fact]
    public void Even_and_independent_drops_are_as_many_events_and_bursts_are_one_each()
    {
        Assert.Equal(1, Bursts.Dispersion(null));
        Assert.Equal(1, Bursts.Dispersion([0, 0, 9]));
        Assert.Equal(1, Bursts.Dispersion(Enumerable.Repeat(4, 200).ToList()));
        int[] one = new int[200];
        one[117] = Burst;
        Assert.Equal(Burst, Bursts.Dispersion(one), 0.5);
        Assert.Equal(new CountRange(1, 2), Bursts.Events(new CountRange(Burst, 2 * Burst), Burst));
        Assert.Equal(new CountRange(0, null), Bursts.Events(new CountRange(0, null), Burst));
    }

    [Fact]
    public void Chance_alone_is_rarely_taken_for_bursts()
    {
        var random = new Random(1);
        int taken = 0;
        for (int capture = 0; capture < 1000; capture++)
        {
            int[] bins = new int[200];
            for (int i = 0; i < 300; i++) bins[random.Next(bins.Length)]++;
            if (Bursts.Dispersion(bins) > 1) taken++;
        }

        Assert.InRange(taken, 0, 10); // of five widths, each once in a thousand times
    }

    [Fact]
    public void One_burst_is_no_increase_in_any_table_nor_in_the_answer_and_both_say_so()
    {
        Make(A, ("NO_SOCKET", 100));
        WriteBursts(B, 1);
        Comparison both = Of(A, B, 10);
        foreach (string table in (string[])["reasons", "sites"])
        {
            Assert.All(both.Rows(table), r => Assert.Contains(Change(r), (string?[])["same", "not_compared"]));
            Assert.Contains(both.Rows(table), InBursts);
        }

        Assert.Equal(("no", ExitCode.Done), (both.Increase.GetProperty("found").GetString(), both.Code));
        Assert.Contains("In bursts", both.Increase.GetProperty("sentence").GetString());
        Assert.Contains("TCP_CSUM", both.Increase.GetProperty("sentence").GetString());
        Assert.Equal("Drops went from 10/s to 16/s, but in bursts, and the number of bursts is the same within noise.", both.Headline);
        Assert.All(both.Rows("reasons").Append(both.Total), r => Assert.True(r.GetProperty("p").GetDouble() >= 0.001));
        Assert.Contains("in bursts", Text(A, B));
    }

    [Fact]
    public void Many_bursts_are_an_increase_in_every_table_and_in_the_answer()
    {
        Make(A, ("NO_SOCKET", 100));
        WriteBursts(B, 40);
        Comparison both = Of(A, B, 10);
        Assert.Equal("new", Change(both.Row("reasons", "TCP_CSUM")));
        Assert.DoesNotContain(both.Rows("reasons"), InBursts);
        Assert.Equal(("yes", ExitCode.Incomplete), (both.Increase.GetProperty("found").GetString(), both.Code));
        Assert.StartsWith("Drops rose from 10/s to 250/s", both.Headline);
    }

    [Fact]
    public void A_table_of_flows_judges_by_bursts_too()
    {
        MadePackets.Drop Of(int dport, long after) => new(MadePackets.Eth0, MadePackets.Udp(1, 2, 40000, dport)) { AfterNs = after };
        MadePackets.Drop[] even = [.. Enumerable.Range(0, 100).Select(i => Of(9, (i * 99_000_000L) + 1))];
        MadePackets.Write(A, MadePackets.Eprobe, even);
        MadePackets.Write(B, MadePackets.Eprobe, [.. even.Concat(Enumerable.Range(0, Burst).Select(i => Of(53, 5_000_000_000 + (i * 1000)))).OrderBy(d => d.AfterNs)]);
        Comparison both = Comparison.Of(A, B, 0);
        foreach (string table in (string[])["services", "flows", "interfaces", "drivers"]) Assert.All(both.Rows(table), r => Assert.Equal("same", Change(r)));
        Assert.True(InBursts(both.Row("services", "UDP to port 53")));
        Assert.False(InBursts(both.Row("services", "UDP to port 9")));
        Assert.Equal("no", both.Increase.GetProperty("found").GetString());
    }

    /// <summary>100 even drops of one reason, and bursts of another, evenly apart.</summary>
    private static void WriteBursts(string path, int bursts)
    {
        IEnumerable<(double Time, string Reason)> even = Enumerable.Range(0, 100).Select(i => (100.05 + (i / 10.1), "NO_SOCKET"));
        IEnumerable<(double Time, string Reason)> sudden = Enumerable.Range(0, bursts).SelectMany(
            n => Enumerable.Range(0, Burst).Select(i => (100.111 + (n * 9.7 / bursts) + (i / 1e5), "TCP_CSUM")));
        Write(path, Whole with { Trigger = null, Uuid = Guid.NewGuid().ToString() },
            [(0, string.Concat(even.Concat(sudden).OrderBy(d => d.Time).Select(d => Event(d.Time, reason: d.Reason))))], (writer, _) => AddCounters(writer));
    }
}
