using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Metrics;

/// <summary>
/// The drops of a whole capture by what its metrics are labelled with, over all parts of a flight recorder. Each label keeps its series from the time it
/// was first met: those met when there are enough share one, so no count ever goes down, which Prometheus would take for a restart.
/// </summary>
/// <param name="reasons">Names the reasons that the kernel counted by number.</param>
internal sealed class MetricCounts(ReasonTable reasons)
{
    /// <summary>Series of one metric, beside <see cref="Other"/>: more than any kernel has reasons, and than most hosts have interfaces.</summary>
    public const int MostReasons = 250, MostInterfaces = 100;

    /// <summary>The label of all that are not told apart.</summary>
    public const string Other = "other";

    /// <summary>The label of what is not known.</summary>
    public const string Unknown = "unknown";

    private const char Between = '\n';   // no name holds it: it would end the line of the trace

    private readonly HashSet<string> _reasons = [], _interfaces = [];
    private readonly Sums _ended = new();

    /// <summary>Adds a part that has ended.</summary>
    public void End(Totals part) => Add(_ended, part);

    /// <summary>The sum of those that have ended and those that are being written. What it returns does not change.</summary>
    public Sums With(IReadOnlyList<Totals> open)
    {
        var all = new Sums(_ended);
        foreach (Totals part in open) Add(all, part);
        return all;
    }

    /// <summary>What the kernel counted by reason, keyed as <see cref="Sums.Reasons"/>.</summary>
    public Dictionary<string, long> Counted(HistText hist)
    {
        var counted = new Dictionary<string, long>();
        foreach ((long? reason, string _, long drops) in hist.Entries)
        {
            string key = ReasonKey(reason is { } value ? reasons.FromText($"0x{value:x}") : null);
            counted[key] = counted.GetValueOrDefault(key) + drops;
        }

        if (hist.Dropped > 0) counted[OtherReason] = counted.GetValueOrDefault(OtherReason) + hist.Dropped;
        return counted;
    }

    /// <summary>The key of drops whose reason is not known.</summary>
    public static string UnknownReason => Unknown + Between + Unknown;

    /// <summary>The key of reasons that are not told apart.</summary>
    private static string OtherReason => Other + Between + Other;

    /// <summary>Subsystem and name of a key.</summary>
    public static (string Subsystem, string Name) Split(string key) => (key[..key.IndexOf(Between)], key[(key.IndexOf(Between) + 1)..]);

    private void Add(Sums sums, Totals part)
    {
        sums.Drops += part.Drops;
        sums.Lost += part.Lost;
        sums.Filtered += part.Filtered;
        foreach (Tally tally in part.Sites)
        {
            string reason = ReasonKey(tally.Reason);
            sums.Reasons[reason] = sums.Reasons.GetValueOrDefault(reason) + tally.Drops;
            string device = Bounded(_interfaces, MostInterfaces, tally.Interface is { } known ? known.Name : Unknown, Other);
            sums.Interfaces[device] = sums.Interfaces.GetValueOrDefault(device) + tally.Drops;
        }
    }

    private string ReasonKey(DropReason? reason)
    {
        string key = reason is null ? UnknownReason : (reason.Subsystem ?? Unknown) + Between + reason.Name;
        lock (_reasons) return Bounded(_reasons, MostReasons, key, OtherReason);   // two threads name reasons
    }

    private static string Bounded(HashSet<string> known, int most, string key, string other) =>
        known.Contains(key) || (known.Count < most && known.Add(key)) ? key : other;

    /// <summary>Sums over the parts of a capture.</summary>
    internal sealed class Sums
    {
        public Sums()
        {
        }

        public Sums(Sums other)
        {
            (Drops, Lost, Filtered) = (other.Drops, other.Lost, other.Filtered);
            foreach (string key in other.Reasons.Keys) Reasons[key] = other.Reasons[key];
            foreach (string key in other.Interfaces.Keys) Interfaces[key] = other.Interfaces[key];
        }

        /// <summary>Drops that were recorded.</summary>
        public long Drops { get; set; }

        /// <summary>Records that the ring lost.</summary>
        public long Lost { get; set; }

        /// <summary>Drops that the agent's filter left out.</summary>
        public long Filtered { get; set; }

        /// <summary>Recorded drops by reason: see <see cref="Split"/>.</summary>
        public Dictionary<string, long> Reasons { get; } = [];

        /// <summary>Recorded drops by the name of the interface.</summary>
        public Dictionary<string, long> Interfaces { get; } = [];
    }
}
