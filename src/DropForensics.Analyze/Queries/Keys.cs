namespace DropForensics.Analyze.Queries;

// What the pass counts by: small values that tell drops apart, hashed once or more for each drop. Ids are those of the capture's tables,
// DropPass.NotGiven where there is none.

/// <summary>Site, reason, interface, and index of the interface the packet came in through.</summary>
internal readonly record struct SiteKey(long Site, long Reason, long Interface, long Iif)
{
    public override int GetHashCode() => (int)((((Site * 31) + Reason) * 0x9E3779B1L) + (((Interface * 31) + Iif) * 0x85EBCA77L) >> 4);
}

/// <summary>Flow, reason and interface.</summary>
internal readonly record struct FlowKey(int Flow, int Reason, int Interface)
{
    public override int GetHashCode() => unchecked((Flow * (int)0x9E3779B1) + (Reason * 31) + Interface);
}

/// <summary>Deciding function, reason and service: see <see cref="FlowIndex"/>.</summary>
internal readonly record struct ServiceKey(int Function, long Reason, int Service);

/// <summary>Deciding function, reason and skb->protocol.</summary>
internal readonly record struct FrameKey(int Function, long Reason, int EtherType);
