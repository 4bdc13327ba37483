using DropForensics.Core.Commands;
using Xunit;

namespace DropForensics.Tests.Core.Commands;

public sealed class QuantitiesTests
{
    private const string LongNumber = "99999999999999999999999999999999999999999999999999";

    [Theory]
    [InlineData("90", 90_000)]
    [InlineData("90s", 90_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1h2m3s4ms", 3_723_004)]
    [InlineData("500ms", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("1ms", 1)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("1m1.5s", 61_500)]
    [InlineData("0.5", 500)]
    public void Durations_are_read(string text, int milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Quantities.Duration(text, out string problem));
        Assert.Empty(problem);
    }

    [Theory]
    [InlineData("", "cannot read ''")]
    [InlineData(" ", "cannot read ' '")]
    [InlineData("60 s", "without a unit")]
    [InlineData(" 60s", "cannot read")]
    [InlineData("60s ", "cannot read")]
    [InlineData("s", "cannot read")]
    [InlineData("-5s", "cannot read")]
    [InlineData("+5s", "cannot read")]
    [InlineData("1e3s", "'e' in '1e3s' is not a unit of time")]
    [InlineData("5d", "'d' in '5d' is not a unit of time")]
    [InlineData("1,5h", "without a unit")]
    [InlineData("1.5h30m", "cannot read")]
    [InlineData("1..5h", "cannot read")]
    [InlineData(".", "cannot read")]
    [InlineData("1m30", "without a unit")]
    [InlineData("30s1m", "order h, m, s, ms")]
    [InlineData("1m1m", "order h, m, s, ms")]
    [InlineData("60 minutes", "without a unit")]
    [InlineData("٦٠s", "cannot read")]       // Arabic-Indic digits
    [InlineData("６０s", "cannot read")]       // full-width digits
    [InlineData("0", "The shortest is 1ms")]
    [InlineData("0s", "The shortest is 1ms")]
    [InlineData("0.1ms", "The shortest is 1ms")]
    [InlineData("25h", "The longest is 24h")]
    [InlineData("24h1ms", "The longest is 24h")]
    [InlineData(LongNumber, "The longest is 24h")]
    [InlineData(LongNumber + "h" + LongNumber + "m", "The longest is 24h")]
    public void What_is_no_duration_is_refused_in_one_line(string text, string says)
    {
        Assert.Null(Quantities.Duration(text, out string problem));
        Assert.Contains(says, problem);
        Assert.EndsWith(".", problem);
        Assert.DoesNotContain('\n', problem);
    }

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("4096B", 4096)]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64mib", 64L << 20)]
    [InlineData("64Mi", 64L << 20)]
    [InlineData("64M", 64L << 20)]
    [InlineData("64m", 64L << 20)]
    [InlineData("64MB", 64_000_000)]
    [InlineData("500KB", 500_000)]
    [InlineData("500k", 500L << 10)]
    [InlineData("1G", 1L << 30)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("0.5G", 1L << 29)]
    [InlineData("1T", 1L << 40)]
    [InlineData("1024T", 1L << 50)]
    public void Sizes_are_read(string text, long bytes)
    {
        Assert.Equal(bytes, Quantities.Size(text, out string problem));
        Assert.Empty(problem);
    }

    [Theory]
    [InlineData("", "cannot read ''")]
    [InlineData("lots", "cannot read")]
    [InlineData("-1", "cannot read")]
    [InlineData("1 MiB", "cannot read")]
    [InlineData("1TiB of it", "cannot read")]
    [InlineData("1P", "cannot read")]
    [InlineData("1iB", "cannot read")]
    [InlineData("٦٤M", "cannot read")]
    [InlineData("0", "too small")]
    [InlineData("0.1", "too small")]
    [InlineData("2000T", "too large")]
    [InlineData(LongNumber, "too large")]
    [InlineData(LongNumber + "TB", "too large")]
    public void What_is_no_size_is_refused_in_one_line(string text, string says)
    {
        Assert.Null(Quantities.Size(text, out string problem));
        Assert.Contains(says, problem);
        Assert.DoesNotContain('\n', problem);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("10000", 10_000)]
    [InlineData("10k", 10_000)]
    [InlineData("10K", 10_000)]
    [InlineData("2M", 2_000_000)]
    [InlineData("1.5k", 1_500)]
    public void Counts_are_read(string text, long count) => Assert.Equal(count, Quantities.Count(text, 1, 1_000_000_000, out _));

    [Theory]
    [InlineData("", "cannot read")]
    [InlineData("ten", "cannot read")]
    [InlineData("-1", "cannot read")]
    [InlineData("1_000", "cannot read")]
    [InlineData("1,000", "cannot read")]
    [InlineData("1.5", "cannot read")]
    [InlineData("１０", "cannot read")]
    [InlineData("0", "The smallest is 1")]
    [InlineData("2G", "The largest is 1000000000")]
    [InlineData(LongNumber + "G", "The largest is 1000000000")]
    public void What_is_no_count_is_refused(string text, string says)
    {
        Assert.Null(Quantities.Count(text, 1, 1_000_000_000, out string problem));
        Assert.Contains(says, problem);
    }
}
