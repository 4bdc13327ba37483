namespace DropForensics.Core.Btf;

/// <summary>Where a probe finds the owner of a packet's socket on this kernel: byte offsets, from the host's BTF.</summary>
/// <param name="SkbSocket">In sk_buff, <c>sk</c>, a pointer to the socket; up to 6.9 in a union with a number of fragments.</param>
/// <param name="State">In sock, <c>skc_state</c>, 8 bits.</param>
/// <param name="User">In sock, <c>sk_uid</c>, 32 bits.</param>
/// <param name="Cgroup">In sock, <c>sk_cgrp_data.cgroup</c>, a pointer; 5.15 on, before it was a number with flags.</param>
/// <param name="CgroupNode">In cgroup, <c>kn</c>, a pointer to its directory.</param>
/// <param name="NodeId">In kernfs_node, <c>id</c>, 64 bits: the inode.</param>
public sealed record SocketLayout(int SkbSocket, int State, int User, int Cgroup, int CgroupNode, int NodeId)
{
    /// <summary>The complete layout; null where a member is missing.</summary>
    /// <param name="btf">vmlinux's.</param>
    public static SocketLayout? From(BtfFile btf) =>
        btf.OffsetOf("sk_buff", "sk") is { } socket
        && btf.OffsetOf("sock", "__sk_common.skc_state") is { } state
        && btf.OffsetOf("sock", "sk_uid.val") is { } user
        && btf.OffsetOf("sock", "sk_cgrp_data.cgroup") is { } cgroup
        && btf.OffsetOf("cgroup", "kn") is { } node
        && btf.OffsetOf("kernfs_node", "id") is { } id
            ? new SocketLayout(socket, state, user, cgroup, node, id) : null;
}
