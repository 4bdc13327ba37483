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
    [InlineData(0, 10, "0 %")]
    [InlineData(1, 1_000_000_000, "<0.1 %")]
    [InlineData(999_999_999, 1_000_000_000, ">99.9 %")]
    [InlineData(1168, 1204, "97.0 %")]
    [InlineData(5, 5, "100 %")]
    [InlineData(5, 0, "")]
    public void A_share_never_rounds_to_nothing_or_to_all(long part, long whole, string expected) => Assert.Equal(expected, Units.Percent(part, whole));

    [Theory]
    [InlineData(0, "0/s")]
    [InlineData(0.0000417, "4.2E-5/s")]
    [InlineData(0.0341, "0.0341/s")]
    [InlineData(3.456, "3.46/s")]
    [InlineData(34.56, "34.6/s")]
    [InlineData(1204.4, "1,204/s")]
    public void Rates_have_three_figures(double rate, string expected) => Assert.Equal(expected, Units.Rate(rate));

    [Theory]
    [InlineData("udp_rcv", 0x296L, "nf_nat", "udp_rcv+0x296 [nf_nat]")]
    [InlineData("udp_rcv", null, null, "udp_rcv")]
    [InlineData(null, 0L, null, "?+0x0")]
    public void A_frame_is_written_in_one_way(string? symbol, long? offset, string? module, string expected) =>
        Assert.Equal(expected, SymbolText.Of(symbol, offset, module));

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
