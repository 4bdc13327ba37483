using System.Runtime.CompilerServices;
using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Store;

namespace DropForensics.Core.Recording;

/// <summary>
/// Finds what a drop has in common with others before it: its site, attributed when first met, and its reason. Decoders
/// intern their strings and stacks, so the usual way is one look-up by reference that touches no text.
/// </summary>
internal sealed class Tallies(CaptureWriter writer)
{
    // Past this the look-up by reference begins anew, so that streams which never repeat cannot fill the memory with it.
    private const int MaxKnown = 1 << 14;

    private readonly Dictionary<Key, Tally> _known = [];
    private readonly Dictionary<(int SiteId, int? ReasonId), Tally> _all = [];

    public IReadOnlyCollection<Tally> All => _all.Values;

    public Tally Of(in DropEvent drop)
    {
        var key = new Key(drop.Event, drop.Location, drop.Stack, drop.Reason);
        if (_known.TryGetValue(key, out Tally? tally)) return tally;

        SiteAttribution attribution = SiteAttributor.Attribute(drop.Event, drop.Location, drop.Stack);
        int siteId = writer.InternSite(drop.Event, drop.Location, drop.Stack, attribution);
        int? reasonId = drop.Reason is { } reason ? writer.InternReason(reason) : null;
        if (!_all.TryGetValue((siteId, reasonId), out tally))
            _all.Add((siteId, reasonId), tally = new Tally(siteId, reasonId, attribution, drop.Reason));

        if (_known.Count == MaxKnown) _known.Clear();
        _known.Add(key, tally);
        return tally;
    }

    /// <summary>The parts themselves, not what they say: two keys may be unequal and mean the same, never the other way round.</summary>
    private readonly struct Key(string @event, string? location, CallStack? stack, DropReason? reason) : IEquatable<Key>
    {
        private readonly string _event = @event;
        private readonly string? _location = location;
        private readonly CallStack? _stack = stack;
        private readonly DropReason? _reason = reason;

        public bool Equals(Key other) =>
            ReferenceEquals(_event, other._event) && ReferenceEquals(_location, other._location)
            && ReferenceEquals(_stack, other._stack) && ReferenceEquals(_reason, other._reason);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(
            RuntimeHelpers.GetHashCode(_event), RuntimeHelpers.GetHashCode(_location),
            RuntimeHelpers.GetHashCode(_stack), RuntimeHelpers.GetHashCode(_reason));
    }
}
