using DropForensics.Core.Model;

namespace DropForensics.Core.Recording;

/// <summary>How often packets were dropped at one site for one reason.</summary>
public sealed class Tally
{
    // A site that so many tasks reach tells nothing about any of them.
    private const int MaxSenders = 1 << 12;

    internal Tally(int siteId, int? reasonId, SiteAttribution attribution, DropReason? reason)
    {
        SiteId = siteId;
        ReasonId = reasonId;
        Attribution = attribution;
        Reason = reason;
        if (attribution.WithinSend) Senders = [];
    }

    /// <summary>Counts a drop.</summary>
    internal void Add(int taskId)
    {
        Drops++;
        if (Senders is not { } senders || !senders.Add(taskId) || senders.Count <= MaxSenders) return;
        Senders = null;
    }

    public SiteAttribution Attribution { get; internal set; }

    public DropReason? Reason { get; }

    public long Drops { get; private set; }

    /// <summary>The tasks whose system calls the drops happened in; null where they happened elsewhere, or in too many.</summary>
    internal HashSet<int>? Senders { get; private set; }

    internal int SiteId { get; }

    internal int? ReasonId { get; }
}
