namespace DropForensics.Analyze.Facts;

/// <summary>Names of common values of skb->protocol (IEEE 802 EtherType; include/uapi/linux/if_ether.h for those below 0x600).</summary>
internal static class EtherTypes
{
    public static string? NameOf(int? etherType) => etherType switch
    {
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x8035 => "RARP",
        0x8100 => "VLAN",
        0x86dd => "IPv6",
        0x8847 => "MPLS",
        0x8863 => "PPPoE discovery",
        0x8864 => "PPPoE session",
        0x888e => "EAPOL",
        0x88a8 => "VLAN (802.1ad)",
        0x88cc => "LLDP",
        0x88e5 => "MACsec",
        0x88f7 => "PTP",
        0x0001 => "802.3 without EtherType",
        0x0004 => "802.2 LLC",
        0x0000 => "not set",
        _ => null,
    };
}
