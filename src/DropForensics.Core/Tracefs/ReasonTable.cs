using System.Globalization;
using DropForensics.Core.Btf;
using DropForensics.Core.Model;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// Names of drop-reason numbers on one kernel: from the table in its event's <c>format</c> file and from its BTF, never guessed from a version. The
/// trace was printed with that format, so BTF that contradicts it belongs to another kernel and is ignored.
/// </summary>
public sealed class ReasonTable
{
    private const string FormatPath = "events/skb/kfree_skb/format";

    private readonly Dictionary<string, uint> _values = [];
    private readonly ReasonEnums _enums;
    private readonly IReadOnlyDictionary<uint, DropReason> _stored;

    private ReasonTable(Dictionary<uint, string> names, ReasonEnums enums, IReadOnlyDictionary<uint, DropReason>? stored = null)
    {
        _stored = stored ?? new Dictionary<uint, DropReason>();
        bool isOfAnother = names.Any(printed => enums.Names.GetValueOrDefault(printed.Key, printed.Value) != printed.Value);
        (Names, _enums) = (names, isOfAnother ? ReasonEnums.Empty : enums);
        HasReasons = names.Count > 0;
        foreach ((uint value, string name) in _enums.Names)
            names.TryAdd(value, name);
        foreach ((uint value, string name) in names)
            _values.TryAdd(name, value);
        // include/net/dropreason-core.h: CONSUMED came in (6.2) just before NOT_SPECIFIED, which moved from 1 to 2. The
        // format's table leaves it out, as the event never has it; a kprobe on the free function does.
        Consumed = ValueOf("CONSUMED") ?? (ValueOf("NOT_SPECIFIED") == 2 ? 1u : null);
        // With either, a filter would let nothing through.
        _values.Remove("CONSUMED");
        _values.Remove("NOT_DROPPED_YET");
    }

    /// <summary>Knows no number.</summary>
    public static ReasonTable Empty { get; } = new([], ReasonEnums.Empty);

    /// <summary>Number to name. <c>MAX</c>, which is never a reason, is left out.</summary>
    public IReadOnlyDictionary<uint, string> Names { get; }

    /// <summary>The number that says that a packet was no drop at all, which a probe on the free function meets; null up to 6.1.</summary>
    public uint? Consumed { get; }

    /// <summary>Whether the event carries a reason; up to 5.16 it does not.</summary>
    public bool HasReasons { get; }

    /// <summary>Reads the symbolic table of the field <c>reason</c>; one that has none (up to 5.16) gives <see cref="Empty"/>.</summary>
    public static ReasonTable FromFormat(ReadOnlySpan<byte> format) => FromHost(format, ReasonEnums.Empty);

    /// <summary>What a host's event and its BTF say together.</summary>
    /// <param name="format">The event's <c>format</c> file; empty for none.</param>
    /// <param name="enums">Of the same running kernel.</param>
    public static ReasonTable FromHost(ReadOnlySpan<byte> format, ReasonEnums enums)
    {
        Dictionary<uint, string> names = ReasonFormat.Names(format);
        return names.Count + enums.All.Count == 0 ? Empty : new ReasonTable(names, enums);
    }

    /// <summary>The same table again, from what a capture has kept; artifacts of other paths are passed over.</summary>
    /// <param name="artifacts">Paths <c>events/skb/kfree_skb/format</c> and <c>btf/FILE/ENUM</c>.</param>
    public static ReasonTable FromArtifacts(IReadOnlyCollection<HostFile> artifacts) =>
        FromHost(artifacts.FirstOrDefault(artifact => artifact.Path == FormatPath)?.Content, ReasonEnums.Parse(artifacts));

    /// <summary>The same table, and for numbers that it cannot name what a capture has stored of them.</summary>
    public ReasonTable With(IReadOnlyDictionary<uint, DropReason> stored) => new(new Dictionary<uint, string>(Names), _enums, stored);

    /// <summary>The reason for what the trace printed: <c>NO_SOCKET</c>, <c>0x30002</c>, a probe's <c>3</c>.</summary>
    public DropReason FromText(string printed)
    {
        if (TryNumber(printed, out uint value))
            return !Names.ContainsKey(value) && _stored.TryGetValue(value, out DropReason? stored) ? stored
                : new DropReason(Names.GetValueOrDefault(value) ?? Unnamed(printed, value), value, _enums.SubsystemOf(value));
        if (ValueOf(printed) is { } known)
            return new DropReason(printed, known, _enums.SubsystemOf(known));
        // Only values of the core enum are in the event's table, so only they are printed by name.
        bool name = printed.Length > 0 && (char.IsAsciiLetter(printed[0]) || printed[0] == '_');
        return new DropReason(printed, null, name ? "core" : null);
    }

    /// <summary>The number of a name, a subsystem's (<c>OVS_DROP_METER</c>) too, as a filter needs it; null where this kernel drops for no
    /// such reason (<c>CONSUMED</c> is none).</summary>
    public uint? ValueOf(string name) => _values.TryGetValue(name, out uint value) ? value : null;

    /// <summary>Whether it says that the packet was no drop at all.</summary>
    internal bool IsConsumed(DropReason? reason) => reason is not null
        && (reason.Name is "CONSUMED" or "SKB_CONSUMED" || (Consumed is not null && reason.Value == Consumed));

    // A probe prints 196610 where the event prints 0x30002: one reason, and in the second its subsystem can be seen.
    private static string Unnamed(string printed, uint value) => value > 0xffff ? $"0x{value:x}" : printed;

    private static bool TryNumber(string printed, out uint value) =>
        printed.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(printed.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : uint.TryParse(printed, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
