using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Core.Recording;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Interfaces made in namespaces of the test's own, as this kernel describes them.</summary>
[Collection(LiveCollection.Name)]
public sealed class InterfaceTests : IDisposable
{
    private readonly HostRoot _root = new();
    private readonly LiveHost _here;
    private readonly LiveHost _there;

    public InterfaceTests()
    {
        Requires.LiveKernel();
        Requires.Program("ip", "iproute2");
        _here = new LiveHost();
        _there = new LiveHost();
        _here.Sh("ip link add v0 index 20 type veth peer name v1 index 21");
    }

    [Fact]
    public void Loopback_and_veth_stand_on_nothing()
    {
        Assert.Equal(("loopback", null, "loopback"), Look(_here, "lo"));
        Assert.Equal(("veth", null, "veth"), Look(_here, "v0"));
    }

    [Fact]
    public void A_veth_whose_peer_is_in_another_namespace_does_not_stand_on_it()
    {
        _here.Sh($"ip link set v1 netns {_there.Pid}");
        Assert.Equal(("veth", null, "veth"), Look(_here, "v0"));
        Assert.Equal(("veth", null, "veth"), Look(_there, "v1"));
    }

    [Fact]
    public void A_bridge_stands_on_its_members_and_on_nothing_without()
    {
        _here.Sh("ip link add br0 type bridge");
        Assert.Equal(("bridge", null, "bridge"), Look(_here, "br0"));

        _here.Sh("ip link set v0 master br0; ip link set v1 master br0");
        Assert.Equal(("bridge", "20 21", "veth"), Look(_here, "br0"));
    }

    // VLAN, ipvlan and bond: tests/kernels, on a kernel that is sure to have them.
    [Fact]
    public void What_was_moved_into_another_namespace_still_stands_on_its_link()
    {
        Make(_here, "macvlan", "ip link add link v0 name x0 index 30 type macvlan mode bridge");
        Assert.Equal(("macvlan", "20", "veth"), Look(_here, "x0"));

        _here.Sh($"ip link set x0 netns {_there.Pid}");
        Assert.Equal(("macvlan", $"{Netns(_here)}:20", "veth"), Look(_there, "x0"));
    }

    [Fact]
    public void A_link_with_the_same_index_in_another_namespace_is_not_the_interface_itself()
    {
        Make(_here, "macvlan", $"ip link add link v0 name x0 index 20 netns {_there.Pid} type macvlan");
        Assert.Equal(("macvlan", $"{Netns(_here)}:20", "veth"), Look(_there, "x0"));
    }

    [Fact]
    public void A_link_into_a_namespace_nobody_knows_is_unresolved()
    {
        Make(_here, "macvlan", $"ip link add link v0 name x0 netns {_there.Pid} type macvlan");
        var inode = Netns(_there);
        var known = new[] { new NetNamespace(inode, $"/proc/{_there.Pid}/ns/net") };

        var rows = NetNamespaces.Run(_root, known[0], () =>
        {
            using var ids = new NamespaceIds(_root, known);
            using var drivers = new EthtoolDrivers();
            return NetworkViews.InterfacesOf(NetlinkLinks.Dump(out _), inode, ids, drivers);
        }, out _);

        Assert.Equal("?", Assert.Single(rows!, row => row.Name == "x0").Lower);
    }

    [Fact]
    public void A_vxlan_stands_on_what_it_is_bound_to_wherever_it_is()
    {
        Make(_here, "vxlan", "ip link add bound type vxlan id 5 dstport 4789 dev v0; ip link add free type vxlan id 6 dstport 4790");
        Assert.Equal(("vxlan", "20", "veth"), Look(_here, "bound"));
        Assert.Equal(("vxlan", null, "vxlan"), Look(_here, "free"));

        _here.Sh($"ip link set bound netns {_there.Pid}; ip link set free netns {_there.Pid}");
        Assert.Equal(("vxlan", $"{Netns(_here)}:20", "veth"), Look(_there, "bound"));
        Assert.Equal(("vxlan", null, "vxlan"), Look(_there, "free"));
    }

    [Fact]
    public void A_tun_is_its_own_driver()
    {
        Requires.That(File.Exists("/dev/net/tun"), "this kernel has no tun");
        _here.Sh("ip tuntap add t0 mode tun");
        Assert.Equal(("tun", null, "tun"), Look(_here, "t0"));
    }

    [Fact]
    public void A_path_that_leads_to_another_namespace_by_now_is_not_entered()
    {
        var mistaken = new NetNamespace(Netns(_here), $"/proc/{_there.Pid}/ns/net");
        Assert.Null(NetNamespaces.Run(_root, mistaken, () => "entered", out var whyNot));
        Assert.Equal(NetNamespaces.Ended, whyNot);
        Assert.Equal("entered", NetNamespaces.Run(_root, mistaken with { Inode = Netns(_there) }, () => "entered", out _));
    }

    public void Dispose()
    {
        _here?.Dispose();   // null where the constructor skipped
        _there?.Dispose();
    }

    private static void Make(LiveHost host, string kind, string script)
    {
        var finished = host.Run("sh", "-euc", script);
        Assert.SkipWhen(finished.Errors.Contains("Unknown device type"), $"this kernel has no {kind}");
        Assert.True(finished.ExitCode == 0, finished.ToString());
    }

    private long Netns(LiveHost host) => NetNamespaces.OfTask(_root, host.Pid)!.Value;   // it runs

    private (string? Driver, string? Lower, string? BaseDriver) Look(LiveHost host, string name)
    {
        var snapshot = new InterfaceSnapshot(NetworkViews.Read(_root, [], []));
        var row = Assert.Single(snapshot.Interfaces, row => row.Netns == Netns(host) && row.Name == name);
        Assert.Equal(row.BaseDriver, snapshot.Drivers.Of(row.Netns, row.IfIndex));
        return (row.Driver, row.Lower, row.BaseDriver);
    }
}
