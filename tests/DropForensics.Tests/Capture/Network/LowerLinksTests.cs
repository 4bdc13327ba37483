using DropForensics.Capture.Network;
using Xunit;

namespace DropForensics.Tests.Capture.Network;

public sealed class LowerLinksTests
{
    private const long Elsewhere = 4026532178;

    private static readonly NetlinkLink Card = new(2, "eth0", false, null, null, null, null, null, "0A");

    [Theory]
    [InlineData("vlan", 2, null, "2")]
    [InlineData("macvlan", 2, 0, "4026532178:2")]
    [InlineData("macvlan", 7, 0, "4026532178:7")]
    [InlineData("macvlan", 2, 5, "?")]
    [InlineData("macvlan", 2, -1, "?")]
    [InlineData("macvlan", 7, null, "?")]
    [InlineData("vlan", null, 0, "?")]
    [InlineData("gretap", 2, null, "2")]
    [InlineData("gretap", 2, 0, "4026532178:2")]
    [InlineData("gretap", 7, 0, "?")]
    [InlineData("gretap", 0, null, null)]
    [InlineData("gretap", 0, 0, null)]
    [InlineData("veth", 2, null, null)]
    [InlineData("veth", 2, 0, null)]
    [InlineData("wireguard", 7, 0, null)]
    [InlineData("vxlan", 2, null, null)]
    [InlineData("dummy", null, null, null)]
    public void A_link_is_below_as_its_kind_says(string kind, int? link, int? nsid, string? lower) => Assert.Equal(lower, Of(Made(kind, link, nsid)));

    [Theory]
    [InlineData(2, null, "2")]
    [InlineData(2, 0, "4026532178:2")]
    [InlineData(7, 0, "4026532178:7")]
    [InlineData(null, 0, null)]
    public void A_vxlan_stands_on_what_it_is_bound_to(int? bound, int? nsid, string? lower) =>
        Assert.Equal(lower, Of(Made("vxlan", 7, nsid) with { VxlanLink = bound }));

    [Fact]
    public void An_ipvlan_that_does_not_say_where_its_link_is_stands_there_by_its_address()
    {
        Assert.Equal("2", Of(Made("ipvlan", 2, null) with { Address = "0A" }));
        Assert.Equal("?", Of(Made("ipvlan", 2, null) with { Address = "0B" }));
        Assert.Equal("?", Of(Made("ipvlan", 3, null) with { Address = "0A" }));
    }

    [Fact]
    public void A_bond_stands_on_its_members_in_order()
    {
        var bond = Made("bond", null, null);
        NetlinkLink[] all = [Card with { Index = 12, Master = 7 }, Card with { Index = 4, Master = 7 }, Card with { Index = 5, Master = 8 }, bond];
        Assert.Equal("4 12", LowerLinks.Of(bond, all, _ => null));
    }

    private static string? Of(NetlinkLink link) => LowerLinks.Of(link, [Card, link], nsid => nsid == 0 ? Elsewhere : null);

    private static NetlinkLink Made(string kind, int? link, int? nsid) => new(7, "x0", false, kind, link, nsid, null, null, "0C");
}
