using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using Xunit;

namespace DropForensics.Tests.Core.Recording;

public sealed class InterfaceSnapshotTests
{
    private const long Netns = 4026531840;

    // eth0 became wan and gave its name to eth1; veth0 is new.
    [Fact]
    public void What_came_on_top_belongs_to_the_index_not_to_the_name()
    {
        var before = Of((2, "eth0", 100), (3, "eth1", 9_000));
        var after = Of((2, "wan", 105), (3, "eth0", 9_001), (4, "veth0", 7));

        Assert.Equal([("wan", 5), ("eth0", 1), ("veth0", 7)], after.GainsSince(before).Select(gain => (gain.Name, (int)gain.RxPackets)));
    }

    [Fact]
    public void Without_an_inventory_the_name_is_all_there_is()
    {
        var (before, after) = (Of((0, "eth0", 100)), Of((0, "eth0", 108)));
        Assert.Equal(8, Assert.Single(after.GainsSince(before)).RxPackets);
    }

    // An index of 0 stands for an interface that no inventory lists.
    private static InterfaceSnapshot Of(params (int Index, string Name, int Received)[] links) => new(
    [
        new NetworkView(
            Netns, [new HostFile(NetworkView.DevPath, System.Text.Encoding.ASCII.GetBytes(string.Concat(links.Select(
                link => $"{link.Name,6}: 0 {link.Received} 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"))))],
            [.. links.Where(link => link.Index > 0).Select(link => new InterfaceRow(Netns, link.Index, link.Name, "veth", null))]),
    ]);
}
