using DropForensics.Core.Model;

namespace DropForensics.Core.Recording;

/// <summary>How often packets of one interface were dropped at one site for one reason.</summary>
public sealed class Tally
{
    // A site that so many tasks reach says nothing about any of them.
    private const int MaxSenders = 1 << 12;

    internal Tally(int siteId, int? reasonId, int? interfaceId, SiteAttribution attribution, DropReason? reason, DropInterface? device)
    {
        SiteId = siteId;
        ReasonId = reasonId;
        InterfaceId = interfaceId;
        Interface = device;
        Attribution = attribution;
        Reason = reason;
        if (attribution.WithinSend) Senders = [];
    }

    /// <summary>Counts drops of one task; null if unknown.</summary>
    internal void Add(int? taskId, int drops)
    {
        Drops += drops;
        if (taskId is not { } sender || Senders is not { } senders || !senders.Add(sender) || senders.Count <= MaxSenders) return;
        Senders = null;
    }

    /// <summary>Function, module and driver of the site; refined once the whole window is known.</summary>
    public SiteAttribution Attribution { get; internal set; }

    /// <summary>The kernel's reason; null for kernels and probes without one.</summary>
    public DropReason? Reason { get; }

    /// <summary>The interface; null if unknown.</summary>
    public DropInterface? Interface { get; }

    /// <summary>Drops counted so far.</summary>
    public long Drops { get; private set; }

    /// <summary>The tasks in whose system calls the drops happened; null if they happened elsewhere, or in too many tasks.</summary>
    internal HashSet<int>? Senders { get; private set; }

    internal int SiteId { get; }

    internal int? ReasonId { get; }

    internal int? InterfaceId { get; }
}
