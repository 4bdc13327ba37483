using System.Globalization;

namespace DropForensics.Analyze.Facts;

/// <summary>
/// Names of values of skb->protocol: EtherTypes by IEEE's registry of them and by the kernel's own list, and the numbers below 0x600 that the kernel gives to
/// frames without an EtherType (include/uapi/linux/if_ether.h).
/// </summary>
internal static class EtherTypes
{
    private const int IPv4 = 0x0800, Arp = 0x0806, IPv6 = 0x86dd;

    /// <summary>Null for a number without a name.</summary>
    public static string? NameOf(int? etherType) => etherType switch
    {
        0x0000 => "not set",
        0x0001 => "802.3 without EtherType",
        0x0002 => "AX.25",
        0x0003 => "any protocol",
        0x0004 => "802.2 LLC",
        0x0005 => "SNAP",
        0x000c => "CAN",
        0x000d => "CAN FD",
        0x000e => "CAN XL",
        0x0011 => "token ring 802.2",
        0x0019 => "HDLC",
        0x001b => "DSA of a switch chip",
        0x00f5 => "Phonet",
        0x00f6 => "IEEE 802.15.4",
        0x00f9 => "Qualcomm MAP",
        0x00fa => "MCTP",
        0x0200 => "PUP",
        0x0800 => "IPv4",
        0x0805 => "X.25",
        0x0806 => "ARP",
        0x2000 => "CDP",
        0x22ea => "SRP",
        0x22eb or 0x88be => "ERSPAN",
        0x22f0 => "AVTP",
        0x22f3 => "TRILL",
        0x4305 => "B.A.T.M.A.N.",
        0x6001 => "DEC MOP",
        0x6002 => "DEC MOP remote console",
        0x6003 => "DECnet",
        0x6004 => "DEC LAT",
        0x8035 => "RARP",
        0x809b => "AppleTalk",
        0x80f3 => "AppleTalk ARP",
        0x8100 => "VLAN",
        0x8102 => "SLPP loop detection",
        0x8137 => "IPX",
        0x8204 => "QNX",
        0x86dd => "IPv6",
        0x8808 => "Ethernet flow control",
        0x8809 => "slow protocols (LACP, OAM)",
        0x8819 => "CobraNet",
        0x883e => "WCCP",
        0x8847 => "MPLS",
        0x8848 => "MPLS multicast",
        0x884c => "ATM",
        0x8863 => "PPPoE discovery",
        0x8864 => "PPPoE session",
        0x886c => "HomePNA",
        0x886d => "Intel ANS teaming probes",
        0x886f => "Microsoft NLB heartbeats",
        0x8870 => "jumbo frames",
        0x887b => "HomePlug 1.0",
        0x888e => "EAPOL",
        0x8892 => "PROFINET",
        0x8899 => "Realtek remote control (loop detection)",
        0x889a => "HyperSCSI",
        0x88a2 => "ATA over Ethernet",
        0x88a4 => "EtherCAT",
        0x88a8 => "VLAN (802.1ad)",
        0x88ab => "Ethernet POWERLINK",
        0x88b5 or 0x88b6 => "IEEE local experiments",
        0x88b8 => "IEC 61850 GOOSE",
        0x88b9 => "IEC 61850 GSE",
        0x88ba => "IEC 61850 sampled values",
        0x88c7 => "802.11 pre-authentication",
        0x88ca => "TIPC",
        0x88cc => "LLDP",
        0x88cd => "SERCOS III",
        0x88d8 => "MEF circuit emulation",
        0x88d9 => "LLTD (Microsoft link discovery)",
        0x88dc => "WAVE",
        0x88e1 => "HomePlug AV",
        0x88e3 => "media redundancy (MRP)",
        0x88e5 => "MACsec",
        0x88e7 => "provider backbone bridging",
        0x88f5 => "MVRP",
        0x88f6 => "MMRP",
        0x88f7 => "PTP",
        0x88f8 => "NC-SI",
        0x88fb => "PRP supervision",
        0x8902 => "CFM (802.1ag)",
        0x8906 => "FCoE",
        0x890d => "TDLS and 802.11 data",
        0x8911 or 0x8914 => "FCoE initialisation",
        0x8915 => "RoCE",
        0x8917 => "media independent handover",
        0x891d => "TTEthernet",
        0x892f => "HSR",
        0x893a => "IEEE 1905 home networks",
        0x894f => "network service header",
        0x8947 => "GeoNetworking",
        0x9000 => "loopback test (ECTP)",
        0x9100 or 0x9200 or 0x9300 => "VLAN (QinQ of old)",
        0xa0ed => "6LoWPAN",
        0xcafe => "Veritas cluster heartbeats",
        0xdada => "EDSA of a switch chip",
        0xdadb => "DSA of a switch chip, in VLAN tags",
        0xe001 => "RZ/N1 switch tags",
        0xed3e => "IFE",
        0xfbfb => "IBM iucv",
        _ => null,
    };

    /// <summary>IPv4, IPv6 or ARP.</summary>
    public static bool IsIp(int? etherType) => etherType is IPv4 or Arp or IPv6;

    /// <summary>What packets without known headers were, for a sentence: <c>LLDP (ethertype 0x88cc)</c>; null of IP, of which this says too little, and where unknown.</summary>
    public static string? Spoken(int etherType) => etherType switch
    {
        < 0 or 0 or IPv4 or Arp or IPv6 => null,
        < 0x600 => NameOf(etherType) ?? string.Create(CultureInfo.InvariantCulture, $"protocol 0x{etherType:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(NameOf(etherType) is { } name ? $"{name} (" : "")}ethertype 0x{etherType:x4}{(NameOf(etherType) is null ? "" : ")")}"),
    };
}
