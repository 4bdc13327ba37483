namespace DropForensics.Core.Model;

/// <summary>
/// The network device a dropped packet pointed to (<c>skb->dev</c>), as the kernel's memory had it at that moment. A name or an
/// index alone names nothing: every namespace has an <c>lo</c> with index 1.
/// </summary>
/// <param name="Netns">Inode of the network namespace the device is in, as <c>stat -L /proc/PID/ns/net</c> shows it.</param>
/// <param name="IfIndex">Its index there, above 0.</param>
/// <param name="Name">Its name, at most 15 bytes.</param>
public readonly record struct DropInterface(long Netns, int IfIndex, string Name);
