namespace DropForensics.Core.Btf;

/// <summary>
/// Where a probe finds a packet's fields on this kernel: byte offsets into <c>struct sk_buff</c>, and for the four at the end into
/// <c>struct net_device</c> and <c>struct net</c>. They differ between kernels and builds, so they come from the host's BTF.
/// </summary>
/// <param name="Dev"><c>dev</c>, a pointer to the net_device, in a union with others.</param>
/// <param name="SkbIif"><c>skb_iif</c>, index of the interface the packet came in by, 32 bits.</param>
/// <param name="Length"><c>len</c>, bytes, 32 bits.</param>
/// <param name="DataLength"><c>data_len</c>, bytes of it outside the linear part, 32 bits.</param>
/// <param name="Protocol"><c>protocol</c>, ethertype in network order, 16 bits.</param>
/// <param name="MacHeader"><c>mac_header</c>, from head, 16 bits; 65535 is unset.</param>
/// <param name="NetworkHeader"><c>network_header</c>, from head, 16 bits.</param>
/// <param name="TransportHeader"><c>transport_header</c>, from head, 16 bits; 65535 is unset.</param>
/// <param name="Tail"><c>tail</c>, end of the linear part from head, 32 bits.</param>
/// <param name="Head"><c>head</c>, a pointer.</param>
/// <param name="Data"><c>data</c>, a pointer.</param>
/// <param name="Users"><c>users</c>, the count of references, 32 bits.</param>
/// <param name="DeviceName">In net_device, <c>name</c>, 16 characters.</param>
/// <param name="DeviceIndex">In net_device, <c>ifindex</c>, 32 bits.</param>
/// <param name="DeviceNet">In net_device, <c>nd_net</c>, a pointer to the struct net.</param>
/// <param name="DeviceQueues">In net_device, <c>_tx</c>, a pointer to the first of its transmit queues.</param>
/// <param name="QueueDevice">In netdev_queue, <c>dev</c>, a pointer back to the net_device.</param>
/// <param name="NetInode">In net, <c>ns.inum</c>, the inode of the namespace, 32 bits.</param>
public sealed record SkbLayout(
    int Dev, int SkbIif, int Length, int DataLength, int Protocol, int MacHeader, int NetworkHeader, int TransportHeader,
    int Tail, int Head, int Data, int Users, int DeviceName, int DeviceIndex, int DeviceNet, int DeviceQueues, int QueueDevice,
    int NetInode)
{
    /// <summary>The complete layout, or none.</summary>
    /// <param name="btf">vmlinux's.</param>
    /// <param name="lacking">The first missing member, <c>sk_buff.dev</c>; null if none is missing.</param>
    public static SkbLayout? From(BtfFile btf, out string? lacking)
    {
        string? missing = null;
        var layout = new SkbLayout(
            Dev: At("sk_buff", "dev"),
            SkbIif: At("sk_buff", "skb_iif"),
            Length: At("sk_buff", "len"),
            DataLength: At("sk_buff", "data_len"),
            Protocol: At("sk_buff", "protocol"),
            MacHeader: At("sk_buff", "mac_header"),
            NetworkHeader: At("sk_buff", "network_header"),
            TransportHeader: At("sk_buff", "transport_header"),
            Tail: At("sk_buff", "tail"),
            Head: At("sk_buff", "head"),
            Data: At("sk_buff", "data"),
            Users: At("sk_buff", "users.refs.counter"),
            DeviceName: At("net_device", "name"),
            DeviceIndex: At("net_device", "ifindex"),
            DeviceNet: At("net_device", "nd_net.net"),
            DeviceQueues: At("net_device", "_tx"),
            QueueDevice: At("netdev_queue", "dev"),
            NetInode: At("net", "ns.inum"));
        lacking = missing;
        return missing is null ? layout : null;

        int At(string type, string path)
        {
            int? offset = btf.OffsetOf(type, path);
            if (offset is null) missing ??= $"{type}.{path}";
            return offset ?? -1;
        }
    }
}
