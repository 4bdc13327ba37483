namespace DropForensics.Core.Attribution;

/// <summary>What an interface received while the window was open.</summary>
/// <param name="Netns">Inode of its network namespace.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Driver"><c>loopback</c>, <c>veth</c>, <c>e1000</c>; null where the host does not say.</param>
/// <param name="RxPackets">Growth of its rx_packets (/proc/net/dev).</param>
public sealed record InterfaceGain(long Netns, string Name, string? Driver, long RxPackets);
