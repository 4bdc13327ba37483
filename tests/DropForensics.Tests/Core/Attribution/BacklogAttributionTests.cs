using DropForensics.Core.Attribution;
using Xunit;

namespace DropForensics.Tests.Core.Attribution;

public sealed class BacklogAttributionTests
{
    private static readonly InterfaceGain Lo = new(1, "lo", "loopback", 100, 100);
    private static readonly InterfaceGain OtherLo = new(2, "lo", "loopback", 5, 5);
    private static readonly InterfaceGain Veth = new(2, "eth0", "veth", 10, 30);
    private static readonly InterfaceGain Card = new(1, "eth0", "e1000", 1_000_000, 0);
    private static readonly InterfaceGain Stranger = new(1, "x0", null, 1, 1);

    [Fact]
    public void One_software_driver_that_received_enough_is_the_one()
    {
        BacklogAttribution backlog = BacklogAttribution.Infer([Lo, OtherLo, Card, Veth with { RxPackets = 0 }], drops: 105, steering: false);
        Assert.Equal("loopback", backlog.Driver);
        Assert.Equal([Lo, OtherLo], backlog.Candidates);
    }

    [Fact]
    public void Two_drivers_are_a_choice_and_a_choice_is_unknown_but_named()
    {
        BacklogAttribution backlog = BacklogAttribution.Infer([Veth, Lo, OtherLo], drops: 1, steering: false);
        Assert.Null(backlog.Driver);
        Assert.Equal("loopback, veth", backlog.Choice);
    }

    [Fact]
    public void An_interface_nobody_knows_the_driver_of_may_be_it() =>
        Assert.Null(BacklogAttribution.Infer([Lo, Stranger], drops: 1, steering: false).Driver);

    [Fact]
    public void More_drops_than_packets_came_from_elsewhere() =>
        Assert.Null(BacklogAttribution.Infer([Lo], drops: 101, steering: false).Driver);

    [Fact]
    public void Steered_packets_come_from_cards_too() =>
        Assert.Null(BacklogAttribution.Infer([Lo, Card], drops: 1, steering: true).Driver);

    [Fact]
    public void Nobody_received_anything() =>
        Assert.Null(BacklogAttribution.Infer([Card], drops: 1, steering: false).Driver);

    [Fact]
    public void Of_senders_in_one_namespace_only_its_interfaces_count_by_what_they_sent()
    {
        BacklogAttribution backlog = BacklogAttribution.Infer([Lo, OtherLo with { TxPackets = 0 }, Veth], drops: 20, steering: false, senders: new HashSet<long> { 2 });

        Assert.Equal("veth", backlog.Driver);
        Assert.Equal([Veth], backlog.Candidates);
    }
}
