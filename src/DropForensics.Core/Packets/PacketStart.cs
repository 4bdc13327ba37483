namespace DropForensics.Core.Packets;

/// <summary>What the bytes of a packet begin with.</summary>
public enum PacketStart
{
    /// <summary>An Ethernet header.</summary>
    Ethernet,

    /// <summary>An IPv4 or IPv6 header.</summary>
    Ip,
}
