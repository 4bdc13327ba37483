using System.Runtime.CompilerServices;
using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Store;

namespace DropForensics.Core.Recording;

/// <summary>
/// Groups drops by site (attributed on first use), reason and interface. Decoders intern their strings and stacks, so usually one look-up by
/// reference is enough and no text is compared.
/// </summary>
internal sealed class Tallies(CaptureWriter writer)
{
    // Past this the look-up by reference is cleared, so that streams which never repeat cannot fill the memory.
    private const int MaxKnown = 1 << 14;

    private readonly Dictionary<Key, Tally> _known = [];
    private readonly Dictionary<(int SiteId, int? ReasonId, int? InterfaceId), Tally> _all = [];

    // Most drops resemble the one before.
    private Key _lastKey;
    private Tally? _last;

    public IReadOnlyCollection<Tally> All => _all.Values;

    public Tally Of(in DropEvent drop)
    {
        var key = new Key(drop);
        if (_last is not null && key.Equals(_lastKey)) return _last;
        _lastKey = key;
        return _last = Find(key, drop);
    }

    private Tally Find(in Key key, in DropEvent drop)
    {
        if (_known.TryGetValue(key, out Tally? tally)) return tally;

        SiteAttribution attribution = SiteAttributor.Attribute(drop.Event, drop.Location, drop.Stack);
        int siteId = writer.InternSite(drop.Event, drop.Location, drop.Stack, attribution);
        int? reasonId = drop.Reason is { } reason ? writer.InternReason(reason) : null;
        int? interfaceId = drop.Interface is { } device ? writer.InternInterface(device) : null;
        if (!_all.TryGetValue((siteId, reasonId, interfaceId), out tally))
            _all.Add((siteId, reasonId, interfaceId), tally = new Tally(siteId, reasonId, interfaceId, attribution, drop.Reason, drop.Interface));

        if (_known.Count == MaxKnown) _known.Clear();
        _known.Add(key, tally);
        return tally;
    }

    /// <summary>Compares references, not content: unequal keys may mean the same, but equal keys always do.</summary>
    private readonly struct Key(in DropEvent drop) : IEquatable<Key>
    {
        private readonly string _event = drop.Event;
        private readonly string? _location = drop.Location;
        private readonly CallStack? _stack = drop.Stack;
        private readonly DropReason? _reason = drop.Reason;
        private readonly DropInterface _device = drop.Interface.GetValueOrDefault();

        public bool Equals(Key other) =>
            ReferenceEquals(_event, other._event) && ReferenceEquals(_location, other._location)
            && ReferenceEquals(_stack, other._stack) && ReferenceEquals(_reason, other._reason)
            && _device.IfIndex == other._device.IfIndex && _device.Netns == other._device.Netns && ReferenceEquals(_device.Name, other._device.Name);

        public override bool Equals(object? obj) => obj is Key other && Equals(other);

        public override int GetHashCode() => HashCode.Combine(
            RuntimeHelpers.GetHashCode(_event), RuntimeHelpers.GetHashCode(_location),
            RuntimeHelpers.GetHashCode(_stack), RuntimeHelpers.GetHashCode(_reason), _device.IfIndex, _device.Netns);
    }
}
