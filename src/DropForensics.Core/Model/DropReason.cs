namespace DropForensics.Core.Model;

/// <summary>
/// Why a packet was dropped: a value of the kernel's <c>enum skb_drop_reason</c> or of a subsystem's own enum
/// (include/net/dropreason.h: subsystem = value &gt;&gt; 16).
/// </summary>
/// <param name="Name">The kernel's name, core's without prefix: <c>NO_SOCKET</c>, <c>OVS_DROP_METER</c>; where neither the event's format
/// nor BTF names the value, the number: of core as the trace printed it, above in hexadecimal, <c>0x30002</c>. Never a guess.</param>
/// <param name="Value">The number, where the trace printed a number or the name is known; else null.</param>
/// <param name="Subsystem"><c>core</c>, <c>mac80211</c>, <c>openvswitch</c>, <c>qdisc</c> …; null where it is not known.</param>
public sealed record DropReason(string Name, uint? Value, string? Subsystem);
