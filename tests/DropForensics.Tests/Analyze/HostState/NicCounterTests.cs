using DropForensics.Analyze.Counters;
using Xunit;

namespace DropForensics.Tests.Analyze.HostState;

/// <summary>The counters of drivers: the file is what it says.</summary>
public sealed class NicCounterTests
{
    [Theory]
    [InlineData("ena", "pps_allowance_exceeded", "lost")]
    [InlineData("virtio_net", "rx_queue_0_drops", "lost")]
    [InlineData("virtio_net", "rx12_drops", "lost")]
    [InlineData("ixgbe", "rx_no_dma_resources", "lost")]
    [InlineData("i40e", "port.rx_dropped", "lost")]
    [InlineData("ice", "rx_dropped.nic", "lost")]
    [InlineData("mlx5_core", "rx_out_of_buffer", "lost")]
    [InlineData("bnxt_en", "rx_total_ring_discards", "lost")]
    [InlineData("e1000e", "rx_missed_errors", "lost")]
    [InlineData("igb", "rx_queue_3_drops", "lost")]
    [InlineData("r8169", "rx_missed", "lost")]
    [InlineData("vmxnet3", "pkts rx OOB", "lost")]
    [InlineData("hv_netvsc", "tx_no_space", "lost")]
    [InlineData("gve", "rx_no_buffers_posted[4]", "lost")]
    [InlineData("e1000e", "rx_crc_errors", "damaged")]
    [InlineData("e1000e", "rx_packets", null)]
    [InlineData("ena", "rx_missed_errors", null)]
    [InlineData("mlx5_core", "rx_out_of_buffers", null)]
    public void A_drivers_counter_means(string driver, string counter, string? kind) => Assert.Equal(kind, NicCounter.Of(driver, counter)?.Kind);

    [Fact]
    public void Every_line_is_whole() => Assert.All(NicCounter.All, line =>
    {
        Assert.NotEmpty(line.Drivers);
        Assert.Contains(line.Kind, new[] { NicCounter.Lost, NicCounter.Damaged, NicCounter.Strained });
        Assert.DoesNotContain('\t', line.Meaning);
        Assert.False(line.Meaning.EndsWith('.'));
    });
}
