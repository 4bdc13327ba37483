namespace DropForensics.Core.Model;

/// <summary>
/// Why a packet was dropped: a value of the kernel's <c>enum skb_drop_reason</c> or of a subsystem's own enum
/// (include/net/dropreason.h: subsystem = value &gt;&gt; 16).
/// </summary>
/// <param name="Name">The kernel's name without its prefix, <c>NO_SOCKET</c>; where nobody can name the value,
/// the number as the trace printed it, <c>0x30002</c>. Never a guess.</param>
/// <param name="Value">The number, where the trace printed a number or the event's format names it; else null.</param>
/// <param name="Subsystem"><c>core</c>, <c>mac80211</c> …; null where the subsystem is not known.</param>
public sealed record DropReason(string Name, uint? Value, string? Subsystem);
