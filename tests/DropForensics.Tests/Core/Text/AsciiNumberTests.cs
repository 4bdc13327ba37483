using System.Text;
using DropForensics.Core.Text;
using Xunit;

namespace DropForensics.Tests.Core.Text;

public sealed class AsciiNumberTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("00000000000000000007", 7)]
    [InlineData("09999999999999999999", 9_999_999_999_999_999_999)]
    [InlineData("9999999999999999999", 9_999_999_999_999_999_999)]
    [InlineData("10000000000000000000", 10_000_000_000_000_000_000)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    public void A_number_that_fits_is_read(string digits, ulong value)
    {
        Assert.True(AsciiNumber.TryDecimal(Encoding.ASCII.GetBytes(digits), out ulong read));
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("18446744073709551616")]
    [InlineData("19999999999999999999")]
    [InlineData("20000000000000000000")]
    [InlineData("36893488147419103232")]
    [InlineData("99999999999999999999")]
    [InlineData("000000000000000000001")]
    [InlineData("1a")]
    [InlineData("-1")]
    public void What_is_no_number_or_too_large_is_refused(string digits) => Assert.False(AsciiNumber.TryDecimal(Encoding.ASCII.GetBytes(digits), out _));
}
