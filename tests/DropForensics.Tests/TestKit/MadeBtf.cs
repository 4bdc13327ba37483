namespace DropForensics.Tests.TestKit;

/// <summary>BTF in the shape a kernel has it, and small enough to read in a test.</summary>
internal static class MadeBtf
{
    /// <summary>
    /// The structs a probe reads, with the nesting of 6.1's: dev in a struct in a union, the headers behind bitfields in a struct group,
    /// the count of references three deep, the namespace's inode in a typedef.
    /// </summary>
    public static BtfWriter Kernel()
    {
        var btf = new BtfWriter();
        var (u8, u16, u32) = (btf.Int("unsigned char", 1), btf.Int("short unsigned int", 2), btf.Int("unsigned int", 4));
        var (be16, sinceHead) = (btf.Typedef("__be16", u16), btf.Typedef("sk_buff_data_t", u32));
        var net = btf.Struct("net", ("passive", u32, 0), ("ns", btf.Struct("ns_common", ("stashed", u32, 0), ("inum", u32, 128)), 960));
        var possibleNet = btf.Typedef("possible_net_t", btf.Struct("", ("net", btf.Pointer(net), 0)));
        var queue = btf.Struct("netdev_queue", ("dev", btf.Pointer(u8), 0));
        var device = btf.Struct(
            "net_device", ("name", btf.Array(btf.Int("char", 1), 16), 0), ("ifindex", btf.Const(u32), 1728), ("nd_net", possibleNet, 10240), ("_tx", btf.Pointer(queue), 6656));
        var (list, packet) = (btf.Struct("", ("next", btf.Pointer(u8), 0), ("dev", btf.Pointer(device), 128)), btf.Pointer(u8));
        var headers = btf.StructWithBitfields(
            "", ("pkt_type", u8, 3u << 24), ("protocol", be16, 384),
            ("transport_header", u16, 400), ("network_header", u16, 416), ("mac_header", u16, 432));
        var atomic = btf.Typedef("atomic_t", btf.Struct("", ("counter", u32, 0)));
        var users = btf.Typedef("refcount_t", btf.Struct("refcount_struct", ("refs", atomic, 0)));
        btf.StructWithBitfields(
            "sk_buff",
            ("", btf.Union("", ("", list, 0), ("rbnode", btf.Array(packet, 3), 0)), 0),
            ("len", u32, 896), ("data_len", btf.Volatile(u32), 928), ("cloned", u8, (1u << 24) | 1008),
            ("", btf.Union("", ("", headers, 0), ("headers", headers, 0)), 1056),
            ("skb_iif", u32, 1152), ("tail", sinceHead, 1504), ("head", packet, 1600), ("data", packet, 1664), ("users", users, 1696), ("", btf.Union("", ("sk", packet, 0), ("ip_defrag_offset", u32, 0)), 192));
        var node = btf.Struct("kernfs_node", ("name", packet, 128), ("id", btf.Int("long long unsigned int", 8), 768));
        var group = btf.Struct("cgroup", ("self", btf.Struct("cgroup_subsys_state", ("cgroup", packet, 0)), 0), ("kn", btf.Pointer(node), 2048));
        btf.Struct(
            "sock", ("__sk_common", btf.Struct("sock_common", ("skc_family", u16, 128), ("skc_state", btf.Volatile(u8), 144)), 0),
            ("sk_uid", btf.Typedef("kuid_t", btf.Struct("", ("val", u32, 0))), 4896),
            ("sk_cgrp_data", btf.Struct("sock_cgroup_data", ("cgroup", btf.Pointer(group), 0)), 5376));
        return btf;
    }
}
