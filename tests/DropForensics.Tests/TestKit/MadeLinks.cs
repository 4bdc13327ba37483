using System.Text;
using DropForensics.Capture.State;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Store;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.TestKit;

/// <summary>Captures of hosts whose interfaces are connected, with drops at some of them.</summary>
internal static class MadeLinks
{
    /// <summary>A host of namespaces of its own: those of <see cref="MadePackets"/> have interfaces already.</summary>
    public const long Here = 5_000_000_000, There = 5_000_000_001, Elsewhere = 5_000_000_002;

    /// <summary>Two containers on a bridge over a VLAN over a bond of two cards, and a tunnel over the same bond.</summary>
    public static void WriteHost(string path) => Write(path,
    [
        new(Here, 1, "lo", "loopback") { Drops = 2 },
        new(Here, 2, "eth0", "e1000") { Master = "bond0", Drops = 4 },
        new(Here, 3, "eth1", "e1000") { Master = "bond0", State = "down" },
        new(Here, 4, "bond0", "bonding", "bond") { Lower = "2 3" },
        new(Here, 5, "bond0.100", "802.1Q VLAN Support", "vlan") { Lower = "4", Link = "bond0", Master = "br0", Drops = 7 },
        new(Here, 6, "br0", "bridge", "bridge") { Lower = "5 20 21 22", Drops = 1 },
        new(Here, 7, "vxlan42", "vxlan", "vxlan") { Lower = "4", Drops = 3 },
        new(Here, 20, "veth1a2b3c4", "veth", "veth") { Master = "br0", Link = "index 2", NetnsId = "0" },
        new(Here, 21, "veth5d6e7f8", "veth", "veth") { Master = "br0", Link = "index 3", NetnsId = "1", Drops = 9 },
        new(Here, 22, "veth9a9b9c9", "veth", "veth") { Master = "br0", Link = "index 2", NetnsId = "2" },
        new(There, 1, "lo", "loopback"),
        new(There, 2, "eth0", "veth", "veth") { Link = "index 20", NetnsId = "0", Drops = 120 },
        new(Elsewhere, 1, "lo", "loopback") { Drops = 1 },
        new(Elsewhere, 3, "eth0", "veth", "veth") { Link = "index 21", NetnsId = "0", Drops = 40 },
        new(Elsewhere, 4, "wg0", "wireguard", "wireguard") { Drops = 1 },
    ],
        new NamespaceUser(Here, 1, "systemd", "/init.scope"), new NamespaceUser(There, 4711, "nginx", "/system.slice/docker-0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef.scope"));

    /// <summary>Writes a capture of a host with these interfaces.</summary>
    public static void Write(string path, MadeLink[] links, params NamespaceUser[] users) => MadePackets.Write(path, Eprobe, writer =>
    {
        foreach (MadeLink link in links) writer.AddInterface(new InterfaceRow(link.Netns, link.Index, link.Name, link.Driver, link.Lower, link.Lower is null ? link.Driver : null));
        foreach (IGrouping<long, MadeLink> space in links.GroupBy(link => link.Netns))
        {
            writer.AddArtifact(ArtifactPhase.Before, space.Key, "links.tsv", Encoding.UTF8.GetBytes(string.Join('\t', LinkTable.Columns) + "\n" + string.Concat(space.Select(link => link.Line))));
        }

        if (users.Length > 0) writer.AddArtifact(ArtifactPhase.Before, 0, NamespaceUser.ArtifactPath, NamespaceUser.Format(users));
    }, [.. links.SelectMany(link => Enumerable.Repeat(new Drop(new DropInterface(link.Netns, link.Index, link.Name), Udp(1, 2, 40000, 9)), link.Drops))]);
}

/// <summary>An interface as the agent lists it twice: with what it stands on, and as rtnetlink has it.</summary>
internal sealed record MadeLink(long Netns, int Index, string Name, string? Driver, string Kind = "-")
{
    public string? Lower { get; init; }
    public string Master { get; init; } = "-";
    public string Link { get; init; } = "-";
    public string NetnsId { get; init; } = "-";
    public string State { get; init; } = "up";
    public int Drops { get; init; }

    /// <summary>Its line of <c>links.tsv</c>.</summary>
    public string Line => string.Join('\t', LinkTable.Columns.Select(column => column switch
    {
        "interface" => Name,
        "ifindex" => $"{Index}",
        "state" => State,
        "kind" => Kind,
        "master" => Master,
        "link" => Link,
        "link_netnsid" => NetnsId,
        _ => "-",
    })) + "\n";
}
