using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using Xunit;

namespace DropForensics.Tests.Core.Attribution;

public sealed class InterfaceDriversTests
{
    private const long Host = 4026531840, Container = 4026532178;

    private static readonly InterfaceRow Card = Made(2, "e1000");
    private static readonly InterfaceRow OtherCard = Made(3, "e1000");
    private static readonly InterfaceRow Veth = Made(4, "veth");

    [Theory]
    [InlineData("e1000")]
    [InlineData("veth")]
    [InlineData("loopback")]
    [InlineData("bridge")]
    public void What_stands_on_nothing_is_its_own_base(string driver) => Assert.Equal(driver, DriverOf(9, Made(9, driver)));

    [Fact]
    public void A_vlan_over_a_bond_over_two_cards_of_one_driver_has_that_driver() =>
        Assert.Equal("e1000", DriverOf(6, Card, OtherCard, Made(5, "bonding", "2 3"), Made(6, "802.1Q VLAN Support", "5")));

    [Fact]
    public void Members_of_different_drivers_leave_it_open() => Assert.Null(DriverOf(5, Card, Veth, Made(5, "bridge", "2 4")));

    [Fact]
    public void Two_ways_to_one_card_are_no_circle() =>
        Assert.Equal("e1000", DriverOf(7, Card, Made(5, "vlan", "2"), Made(6, "vlan", "2"), Made(7, "bonding", "5 6")));

    [Fact]
    public void A_member_whose_driver_is_unknown_leaves_it_open() => Assert.Null(DriverOf(5, Card, Made(3, null), Made(5, "bridge", "2 3")));

    [Fact]
    public void A_link_leads_into_the_namespace_it_names_and_no_other()
    {
        InterfaceDrivers drivers = new([Card, Made(7, "macvlan", $"{Host}:2") with { Netns = Container }, Veth with { Netns = Container, IfIndex = 2 }]);
        Assert.Equal("e1000", drivers.Of(Container, 7));
        Assert.Equal("veth", drivers.Of(Container, 2));
        Assert.Null(drivers.Of(Host, 7));
    }

    [Theory]
    [InlineData("?")]
    [InlineData("2 ?")]
    [InlineData("99")]
    [InlineData("4026532999:2")]
    [InlineData("")]
    [InlineData("2 ")]
    [InlineData("-2")]
    [InlineData("2:")]
    [InlineData(":2")]
    [InlineData("99999999999999999999:2")]
    public void A_link_that_leads_nowhere_leaves_it_open(string lower) => Assert.Null(DriverOf(5, Card, Made(5, "macvlan", lower)));

    [Theory]
    [InlineData("5")]
    [InlineData("6")]
    [InlineData("2 6")]
    [InlineData("6 2")]
    public void A_circle_leaves_it_open_even_beside_a_driver(string lower) =>
        Assert.Null(DriverOf(5, Card, Made(5, "bridge", lower), Made(6, "vlan", "5")));

    [Fact]
    public void A_tower_no_kernel_would_build_ends_the_walk()
    {
        IEnumerable<InterfaceRow> tower = Enumerable.Range(3, 100_000).Select(index => Made(index, "vlan", $"{index - 1}"));
        InterfaceDrivers drivers = new([Card, .. tower]);
        Assert.Equal("e1000", drivers.Of(Host, 10));
        Assert.Null(drivers.Of(Host, 100_000));
    }

    [Fact]
    public void What_was_never_listed_is_unknown() => Assert.Null(DriverOf(99, Card));

    [Fact]
    public void One_that_is_gone_keeps_what_was_known_of_it()
    {
        InterfaceDrivers before = new([Card, Made(5, "vlan", "2")]);
        InterfaceDrivers after = new([Veth], before);
        Assert.Equal("e1000", after.Of(Host, 5));
        Assert.Equal("veth", after.Of(Host, 4));
    }

    [Fact]
    public void One_that_stood_on_something_else_before_is_unknown()
    {
        InterfaceDrivers before = new([Card, Veth, Made(5, "bonding", "2")]);
        InterfaceDrivers after = new([Card, Veth, Made(5, "bonding", "4")], before);
        Assert.Null(after.Of(Host, 5));
        Assert.Equal("e1000", after.Of(Host, 2));
    }

    [Fact]
    public void A_new_name_does_not_make_it_another()
    {
        InterfaceDrivers before = new([Card]);
        Assert.Equal("e1000", new InterfaceDrivers([Card with { Name = "wan" }], before).Of(Host, 2));
    }

    private static string? DriverOf(int ifIndex, params InterfaceRow[] rows) => new InterfaceDrivers(rows).Of(Host, ifIndex);

    private static InterfaceRow Made(int ifIndex, string? driver, string? lower = null) => new(Host, ifIndex, "eth0", driver, lower);
}
