namespace DropForensics.Core.Model;

/// <summary>A network interface, identified only by (<paramref name="Netns"/>, <paramref name="IfIndex"/>).</summary>
/// <param name="Netns">Inode of its network namespace, as <c>stat -L /proc/PID/ns/net</c> shows it.</param>
/// <param name="IfIndex">Its number in that namespace.</param>
/// <param name="Name">Its name when it was last read.</param>
/// <param name="Driver"><c>e1000</c>, <c>veth</c>, <c>loopback</c>; null if the host does not report it.</param>
/// <param name="Lower">
/// What it stands on (bond, VLAN, bridge), space separated: <c>IFINDEX</c> in its own namespace, <c>NETNS:IFINDEX</c> in another,
/// <c>?</c> where that namespace could not be found; null where it stands on nothing.
/// </param>
/// <param name="BaseDriver">The driver at the bottom of what it stands on; null where that is unknown, or more than one.</param>
public sealed record InterfaceRow(long Netns, int IfIndex, string Name, string? Driver, string? Lower, string? BaseDriver = null);
