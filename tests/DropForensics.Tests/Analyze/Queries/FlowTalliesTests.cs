using DropForensics.Analyze.Queries;
using Xunit;

namespace DropForensics.Tests.Analyze.Queries;

public sealed class FlowTalliesTests
{
    [Fact]
    public void Among_very_many_flows_the_frequent_ones_stay_and_the_sum_is_kept()
    {
        var tallies = new FlowTallies(most: 100);
        for (int i = 0; i < 10_000; i++)
        {
            tallies.Add(new FlowKey(i % 2 == 0 ? 1 : i + 10, -1, -1), i);
            Assert.InRange(tallies.All.Count, 1, 100);
        }

        Assert.Equal(new FlowTally(5_000, 0, 9_998), tallies.All[new FlowKey(1, -1, -1)]);
        Assert.InRange(tallies.Forgotten, 1, 5_000);
        Assert.Equal(10_000, tallies.Forgotten + tallies.All.Values.Sum(t => t.Drops));
    }

    [Fact]
    public void Up_to_its_room_everything_is_exact()
    {
        var tallies = new FlowTallies(most: 100);
        for (int i = 0; i < 1_000; i++) tallies.Add(new FlowKey(i % 100, i % 100, 3), i);
        Assert.Equal(0, tallies.Forgotten);
        Assert.All(tallies.All.Values, t => Assert.Equal(10, t.Drops));
    }
}
