using System.Text;
using DropForensics.Core.Tracefs;
using Xunit;

namespace DropForensics.Tests.Core.Tracefs;

public sealed class HistTextTests
{
    private const string Text =
        """
        # event histogram
        #
        # trigger info: hist:keys=reason,location.sym-offset:vals=hitcount:sort=hitcount:size=2048 [paused]
        #

        { reason:          2, location: [ffffffffb2d1c0fc] e1000_clean+0x10/0x20 [e1000]                  } hitcount:          3
        { reason:          3, location: [ffffffffb2d1c0fc] __udp4_lib_rcv+0x235/0xd90                     } hitcount:         20

        Totals:
            Hits: 23
            Entries: 2
            Dropped: 4
        """;

    [Fact]
    public void Each_reason_and_location_has_its_count()
    {
        HistText? hist = HistText.TryParse(Encoding.ASCII.GetBytes(Text));

        Assert.NotNull(hist);
        Assert.Equal(4, hist.Dropped);
        Assert.Equal([(2, "e1000_clean+0x10/0x20 [e1000]", 3), (3L, "__udp4_lib_rcv+0x235/0xd90", 20L)], hist.Entries);
    }

    [Fact]
    public void Times_are_counted_in_powers_of_two_under_a_key_of_their_own() => Assert.Equal(
        [(3, "~ 2^5", 31L), (null, "~ 2^12", 2L)],
        HistText.TryParse("{ reason:          3, us: ~ 2^5  } hitcount:         31\n{ us: ~ 2^12 } hitcount: 2\n    Dropped: 0\n"u8, "us:")!.Entries);

    [Fact]
    public void A_kernel_without_reasons_counts_by_location() => Assert.Equal(
        [(null, "ip_rcv_core+0x1/0x2", 7L)],
        HistText.TryParse("{ location: [ffffffffb2d1c0fc] ip_rcv_core+0x1/0x2 } hitcount: 7\n    Dropped: 0\n"u8)!.Entries);

    [Theory]
    [InlineData("")]
    [InlineData("{ reason: 2, location: [f] a+0x1/0x2 } hitcount: 3\n")]              // cut off before the totals
    [InlineData("{ reason: 2, location: [f] a+0x1/0x2 } hitcount: many\nDropped: 0\n")]
    [InlineData("{ reason: 2 } hitcount: 3\nDropped: 0\n")]
    public void A_text_that_leaves_something_out_counts_nothing(string text) => Assert.Null(HistText.TryParse(Encoding.ASCII.GetBytes(text)));
}
