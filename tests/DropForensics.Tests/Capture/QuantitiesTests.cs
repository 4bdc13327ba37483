using DropForensics.Capture.Commands;
using Xunit;

namespace DropForensics.Tests.Capture;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("60s", 60_000)]
    [InlineData("500ms", 500)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1.5s", 1_500)]
    public void Durations_are_read(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Quantities.TryDuration(text));

    [Theory]
    [InlineData("")]
    [InlineData("60")]
    [InlineData("-5s")]
    [InlineData("0s")]
    [InlineData("25h")]
    [InlineData("s")]
    [InlineData("1e3s")]
    [InlineData("60 minutes")]
    public void What_is_no_duration_is_refused(string text) => Assert.Null(Quantities.TryDuration(text));

    [Theory]
    [InlineData("64MiB", 64L << 20)]
    [InlineData("64m", 64L << 20)]
    [InlineData("1GiB", 1L << 30)]
    [InlineData("500KB", 500_000)]
    [InlineData("4096", 4096)]
    [InlineData("0.5G", 1L << 29)]
    public void Sizes_are_read(string text, long bytes) => Assert.Equal(bytes, Quantities.TrySize(text));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("lots")]
    [InlineData("1TiB of it")]
    public void What_is_no_size_is_refused(string text) => Assert.Null(Quantities.TrySize(text));
}
