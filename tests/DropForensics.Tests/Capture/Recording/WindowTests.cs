using DropForensics.Capture.Background;
using DropForensics.Capture.Recording;
using Xunit;

namespace DropForensics.Tests.Capture.Recording;

/// <summary>What signals do to a window, and how a capture in the background tells of it.</summary>
public sealed class WindowTests
{
    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void A_second_signal_gives_up_what_is_not_stored_yet_but_not_in_the_background(bool isInBackground, bool isCut)
    {
        using var window = new Window(isInBackground);
        window.End("duration");
        Assert.False(window.Cut.IsCancellationRequested);
        window.Signal("SIGTERM"); // meant for the window, which had just ended by itself
        Assert.False(window.Cut.IsCancellationRequested);
        window.Signal("SIGTERM");
        Assert.Equal(isCut, window.Cut.IsCancellationRequested);
        Assert.Equal("duration", window.Wait(long.MaxValue));
    }

    [Fact]
    public void A_status_is_read_as_it_was_written()
    {
        var status = new BackgroundStatus("/tmp/a b\nc.db", "2026-11-30T16:00:00.000Z", 12, 345, 6, 7, "NO_SOCKET", 4, IsEnding: true);
        Assert.Equal(status, BackgroundStatus.Parse(status.ToText()));
        var first = new BackgroundStatus("/tmp/x.db", "2026-11-30T16:00:00.000Z");
        Assert.Equal(first, BackgroundStatus.Parse(first.ToText()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("2026 999999999999999999 0 0 0 - - recording\n/tmp/x.db")]
    [InlineData("2026 -5 0 0 0 - - recording\n/tmp/x.db")]
    [InlineData("2026 5 0 x 0 - - recording\n/tmp/x.db")]
    public void What_is_no_status_is_none(string text) => Assert.Null(BackgroundStatus.Parse(text));
}
