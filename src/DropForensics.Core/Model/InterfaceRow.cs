namespace DropForensics.Core.Model;

/// <summary>A network interface, identified only by (<paramref name="Netns"/>, <paramref name="IfIndex"/>).</summary>
/// <param name="Netns">Inode of its network namespace, as <c>stat -L /proc/PID/ns/net</c> shows it.</param>
/// <param name="IfIndex">Its number in that namespace.</param>
/// <param name="Name">Its name when it was last read.</param>
/// <param name="Driver"><c>e1000</c>, <c>veth</c>, <c>loopback</c>; null if the host does not report it.</param>
/// <param name="Lower">
/// The interfaces it runs on (bond, VLAN, bridge), space separated: <c>IFINDEX</c> in its own namespace, <c>NETNS:IFINDEX</c> in another,
/// <c>?</c> if that namespace could not be found; null if it runs on none.
/// </param>
/// <param name="BaseDriver">The driver at the bottom of these; null if it is unknown, or there is more than one.</param>
public sealed record InterfaceRow(long Netns, int IfIndex, string Name, string? Driver, string? Lower, string? BaseDriver = null);
