using DropForensics.Analyze.Pass;
using Xunit;

namespace DropForensics.Tests.Analyze.Pass;

public sealed class FlowTalliesTests
{
    private static readonly Bins Three = new(0, 4_000, 3);

    private readonly BinRows _rows = new(3, most: 20);

    [Fact]
    public void Among_very_many_flows_the_frequent_ones_stay_and_the_sum_is_kept()
    {
        FlowTallies tallies = new(_rows, most: 100);
        for (int i = 0; i < 10_000; i++)
        {
            tallies.Add(new FlowKey(i % 2 == 0 ? 1 : i + 10, -1, -1), i, Three.IndexOf(i));
            Assert.InRange(tallies.All.Count, 1, 100);
        }

        FlowTally frequent = tallies.All[new FlowKey(1, -1, -1)];
        Assert.Equal((5_000, 0, 9_998), (frequent.Drops, frequent.FirstNs, frequent.LastNs));
        Assert.Equal((int[])[2_000, 2_000, 1_000], tallies.Over([frequent], Three));
        Assert.InRange(tallies.Forgotten, 1, 5_000);
        Assert.Equal(10_000, tallies.Forgotten + tallies.All.Values.Sum(t => t.Drops));
    }

    [Fact]
    public void A_flow_that_gave_its_row_up_is_known_over_time_as_long_as_it_was_over_within_one_bin()
    {
        FlowTallies tallies = new(_rows, most: 1_000);
        for (int i = 0; i < 100; i++) tallies.Add(new FlowKey(i, -1, -1), 5_000, Three.IndexOf(5_000));
        Assert.All(tallies.All.Values, t => Assert.Equal((int[])[0, 1, 0], tallies.Over([t], Three)));
        tallies.Add(new FlowKey(0, -1, -1), 9_000, Three.IndexOf(9_000));
        Assert.Null(tallies.Over([tallies.All[new FlowKey(0, -1, -1)]], Three));
    }

    [Fact]
    public void Up_to_its_room_everything_is_exact()
    {
        FlowTallies tallies = new(_rows, most: 100);
        for (int i = 0; i < 1_000; i++) tallies.Add(new FlowKey(i % 100, i % 100, 3), i, 0);
        Assert.Equal(0, tallies.Forgotten);
        Assert.All(tallies.All.Values, t => Assert.Equal(10, t.Drops));
    }
}
