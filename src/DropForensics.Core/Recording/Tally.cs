using DropForensics.Core.Model;

namespace DropForensics.Core.Recording;

/// <summary>How often packets were dropped at one site for one reason.</summary>
public sealed class Tally
{
    internal Tally(int siteId, int? reasonId, SiteAttribution attribution, DropReason? reason)
    {
        SiteId = siteId;
        ReasonId = reasonId;
        Attribution = attribution;
        Reason = reason;
    }

    public SiteAttribution Attribution { get; }

    public DropReason? Reason { get; }

    public long Drops { get; internal set; }

    internal int SiteId { get; }

    internal int? ReasonId { get; }
}
