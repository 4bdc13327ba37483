namespace DropForensics.Core;

/// <summary>A host's file at one moment.</summary>
/// <param name="Path">Its path on the host, or the capture's own name for it (<c>btf/vmlinux/skb_drop_reason</c>).</param>
/// <param name="Content">Its bytes.</param>
public sealed record HostFile(string Path, byte[] Content);
