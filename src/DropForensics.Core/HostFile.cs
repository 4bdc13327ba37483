namespace DropForensics.Core;

/// <summary>A file of a host as it was at one moment.</summary>
/// <param name="Path">Where it is on the host, or in a capture's own rooms (<c>btf/vmlinux/skb_drop_reason</c>).</param>
/// <param name="Content">Its bytes.</param>
public sealed record HostFile(string Path, byte[] Content);
