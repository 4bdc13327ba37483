using DropForensics.Analyze.Display;
using Xunit;

namespace DropForensics.Tests.Analyze.Display;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0, "0 %")]
    [InlineData(0.00001, "<0.1 %")]
    [InlineData(0.9699, "97.0 %")]
    [InlineData(0.99999, ">99.9 %")]
    [InlineData(1, "100 %")]
    public void All_and_nothing_are_said_only_where_they_are_exact(double share, string expected) => Assert.Equal(expected, Units.Percent(share));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(870, "870 ns")]
    [InlineData(4_770, "4.77 µs")]
    [InlineData(48_000_000, "48 ms")]
    [InlineData(60_000_000_000, "60 s")]
    [InlineData(3_600_000_000_000, "3,600 s")]
    public void Lengths_of_time_take_the_unit_that_reads_best(long ns, string expected) => Assert.Equal(expected, Units.Duration(ns));

    [Fact]
    public void One_is_not_many()
    {
        Assert.Equal("1 packet", Units.Count(1, "packet"));
        Assert.Equal("1,204 packets", Units.Count(1204, "packet"));
    }
}
