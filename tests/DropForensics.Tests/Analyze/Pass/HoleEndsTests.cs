using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using Xunit;

namespace DropForensics.Tests.Analyze.Pass;

public sealed class HoleEndsTests
{
    [Fact]
    public void A_hole_ends_at_the_next_drop_of_its_cpu_whatever_order_they_come_in()
    {
        var holes = new HoleEnds([new LossRow(0, 100, 5), new LossRow(0, 300, null), new LossRow(1, null, 2)]);
        foreach ((int cpu, long t) in new (int, long)[] { (0, 500), (1, 70), (0, 100), (0, 250), (0, 180), (1, 40), (0, 300), (0, 90) })
            holes.Add(cpu, t);

        Assert.Equal(
            [new HoleFacts(1, 0, 40, 2), new HoleFacts(0, 100, 180, 5), new HoleFacts(0, 300, 500, null)], holes.Within(0, 1000));
    }

    [Fact]
    public void A_hole_after_which_nothing_came_lasts_to_the_end() =>
        Assert.Equal([new HoleFacts(2, 100, 1000, 1)], new HoleEnds([new LossRow(2, 100, 1)]).Within(0, 1000));
}
