using DropForensics.Core.Ledger;
using DropForensics.Core.Procfs;
using Xunit;

namespace DropForensics.Tests.Core.Procfs;

public sealed class NetworkCountersTests
{
    [Fact]
    public void Names_and_numbers_of_snmp_and_netstat_belong_together_by_their_groups()
    {
        var counters = NetworkCounters.ReadTables("Tcp: InErrs MaxConn\nTcp: 3 -1\nUdp: InDatagrams NoPorts\nUdp: 7 1000\n"u8);

        Assert.Equal([("Tcp.InErrs", 3L), ("Tcp.MaxConn", -1L), ("Udp.InDatagrams", 7L), ("Udp.NoPorts", 1000L)], counters.Select(c => (c.Key, c.Value)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Udp: InDatagrams NoPorts\n")]
    [InlineData("Udp: InDatagrams NoPorts\nTcp: 1 2\n")]
    [InlineData("Udp: NoPorts\nUdp: 1 2\n")]
    [InlineData("Udp: NoPorts\nUdp: x\n")]
    public void What_does_not_fit_together_is_left_out(string text) => Assert.Empty(NetworkCounters.ReadTables(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Counters_of_snmp6_stand_one_a_line() =>
        Assert.Equal(12, NetworkCounters.ReadPairs("Ip6InReceives                   \t5\nUdp6NoPorts                     \t12\n"u8)["Udp6NoPorts"]);

    [Fact]
    public void Packets_turned_away_by_backlogs_are_added_up_over_the_cpus() =>
        Assert.Equal(0x1f, NetworkCounters.ReadSoftnet("00000a10 0000000f 00000000\n00000001 00000010 00000000\n"u8)["softnet.dropped"]);

    [Fact]
    public void Statistics_read_back_what_was_written()
    {
        ulong[] values = [10, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];

        byte[] text = InterfaceStatistics.Format([("lo", 1, []), ("eth0", 2, values)]);

        Assert.Equal("lo: ifindex 1\neth0: ifindex 2 rx_packets 10 tx_packets 20 rx_missed_errors 7\n", System.Text.Encoding.ASCII.GetString(text));
        var parsed = InterfaceStatistics.Parse(text);
        Assert.Equal(1, Assert.Single(parsed["lo"]).Value);
        Assert.Equal(7, parsed["eth0"]["rx_missed_errors"]);
    }

    [Fact]
    public void A_loss_that_a_driver_counts_twice_is_told_once_and_what_came_from_elsewhere_not_at_all() => Assert.Equal(
        [new UnseenPackets(5, "eth0", "rx_missed_errors", 16)],
        UnseenPackets.Between(5, "eth0: rx_missed_errors 4 rx_fifo_errors 4\neth1:\n"u8, "eth0: rx_missed_errors 20 rx_fifo_errors 19\neth1:\nmoved: rx_missed_errors 9\n"u8));

    // eth0 gave its name to another card in the window, whose counters are those of a year.
    [Fact]
    public void An_interface_is_known_again_by_its_index_whatever_its_name() => Assert.Equal(
        [new UnseenPackets(5, "wan", "rx_missed_errors", 2)],
        UnseenPackets.Between(
            5, "eth0: ifindex 2 rx_missed_errors 4\neth1: ifindex 3 rx_missed_errors 90000\n"u8,
            "wan: ifindex 2 rx_missed_errors 6\neth0: ifindex 3 rx_missed_errors 90000\n"u8));

    [Fact]
    public void A_new_interface_of_an_old_name_is_another() => Assert.Empty(UnseenPackets.Between(
        5, "eth0: ifindex 2 rx_missed_errors 4\n"u8, "eth0: ifindex 9 rx_missed_errors 70\n"u8));
}
