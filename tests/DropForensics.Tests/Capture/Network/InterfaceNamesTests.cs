using DropForensics.Capture.Network;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using Xunit;

namespace DropForensics.Tests.Capture.Network;

public sealed class InterfaceNamesTests
{
    private static readonly NetworkView[] Seen =
    [
        new(1, [], [new InterfaceRow(1, 1, "lo", "loopback", null), new InterfaceRow(1, 2, "eth0", "e1000", null)]),
        new(2, [], [new InterfaceRow(2, 1, "lo", "loopback", null), new InterfaceRow(2, 2, "veth7", "veth", null)]),
    ];

    [Theory]
    [InlineData(null, null)]
    [InlineData("eth0", null)]
    [InlineData("veth7", null)]
    [InlineData("etth0", "no namespace has an interface named etth0 now. Did you mean eth0?")]
    [InlineData("wlan0", "no namespace has an interface named wlan0 now.")]
    [InlineData("a\u001bb", "no namespace has an interface named a?b now.")]
    public void A_name_that_no_namespace_has_is_told_with_the_near_one(string? name, string? says) => Assert.Equal(says, InterfaceNames.Missing(name, Seen));

    [Fact]
    public void Where_nothing_could_be_seen_nothing_is_missing() => Assert.Null(InterfaceNames.Missing("eth0", []));
}
