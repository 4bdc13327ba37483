namespace DropForensics.Core.Model;

/// <summary>What a packet's stored bytes say: its flow, and the one it carries, one level down.</summary>
/// <param name="Flow">Of the packet itself.</param>
/// <param name="Tunnel"><c>vxlan</c>, <c>gre</c> or <c>ipip</c> (IPv4 or IPv6 in either); null where it carries no packet that could be read.</param>
/// <param name="Inner">Of the packet carried; null without a tunnel.</param>
public readonly record struct PacketHeaders(PacketFlow Flow, string? Tunnel, PacketFlow? Inner);
