namespace DropForensics.Core.Packets;

/// <summary>Numbers of the IANA and IEEE registries; wire values in host order.</summary>
internal static class Protocol
{
    public const int Ipv4 = 0x0800;
    public const int Arp = 0x0806;
    public const int TransparentEthernet = 0x6558;
    public const int Ipv6 = 0x86dd;

    public const int HopByHop = 0;
    public const int Icmp = 1;
    public const int IpIp = 4;
    public const int Tcp = 6;
    public const int Udp = 17;
    public const int Dccp = 33;
    public const int SixInIp = 41;
    public const int Routing = 43;
    public const int Fragment = 44;
    public const int Gre = 47;
    public const int Authentication = 51;
    public const int Icmpv6 = 58;
    public const int DestinationOptions = 60;
    public const int Sctp = 132;
    public const int Mobility = 135;
    public const int UdpLite = 136;
    public const int HostIdentity = 139;
    public const int Shim6 = 140;

    public static bool IsNetwork(int etherType) => etherType is Ipv4 or Ipv6 or Arp;

    /// <summary>802.1Q, 802.1ad, and the numbers QinQ went by before it had one.</summary>
    public static bool IsVlan(int etherType) => etherType is 0x8100 or 0x88a8 or 0x9100 or 0x9200;

    public static bool IsExtension(int ipProtocol) =>
        ipProtocol is HopByHop or Routing or Fragment or Authentication or DestinationOptions or Mobility or HostIdentity or Shim6;
}
