using System.Globalization;
using System.Text;
using DropForensics.Core.Model;

namespace DropForensics.Core.Tracefs;

/// <summary>Names of drop-reason numbers, from the <c>{ 3, "NO_SOCKET" }</c> table in an event's <c>format</c> file; never by kernel version.</summary>
public sealed class ReasonTable
{
    private readonly Dictionary<string, uint> _values = [];
    private readonly uint? _consumed;

    private ReasonTable(Dictionary<uint, string> names)
    {
        Names = names;
        foreach ((uint value, string name) in names)
            _values.TryAdd(name, value);
        // include/net/dropreason-core.h: CONSUMED came in (6.2) just before NOT_SPECIFIED, which moved from 1 to 2. The
        // format's table leaves it out, as the event never has it; a kprobe on the free function does.
        _consumed = ValueOf("CONSUMED") ?? (ValueOf("NOT_SPECIFIED") == 2 ? 1u : null);
    }

    /// <summary>Knows no number.</summary>
    public static ReasonTable Empty { get; } = new([]);

    /// <summary>Number to name. <c>MAX</c>, which is never a reason, is left out.</summary>
    public IReadOnlyDictionary<uint, string> Names { get; }

    /// <summary>Reads the symbolic table of the field <c>reason</c>; one that has none (up to 5.16) gives <see cref="Empty"/>.</summary>
    public static ReasonTable FromFormat(ReadOnlySpan<byte> format)
    {
        // print fmt: "… reason: %s", …, __print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, { 3, "NO_SOCKET" }, … { 100, "MAX" })
        ReadOnlySpan<byte> opening = "__print_symbolic(REC->reason,"u8;
        int at = format.IndexOf(opening);
        if (at < 0)
            return Empty;

        var names = new Dictionary<uint, string>();
        ReadOnlySpan<byte> rest = TraceText.SkipBlanks(format[(at + opening.Length)..]);
        while (TryTakeEntry(ref rest, out uint value, out string name))
        {
            if (name != "MAX")
                names.TryAdd(value, name);
        }
        return names.Count == 0 ? Empty : new ReasonTable(names);
    }

    /// <summary>The reason for what the trace printed: <c>NO_SOCKET</c>, <c>0x30002</c>, a probe's <c>3</c>.</summary>
    public DropReason FromText(string printed)
    {
        if (TryNumber(printed, out uint value))
            return new DropReason(Names.GetValueOrDefault(value, printed), value, SubsystemOf(value));
        // Only values of the core enum are in the event's table, so only they are printed by name.
        bool name = printed.Length > 0 && (char.IsAsciiLetter(printed[0]) || printed[0] == '_');
        return new DropReason(printed, ValueOf(printed), name ? "core" : null);
    }

    /// <summary>The number of a name, as a filter needs it; null where this kernel has no such reason.</summary>
    public uint? ValueOf(string name) => _values.TryGetValue(name, out uint value) ? value : null;

    /// <summary>Whether it says that the packet was no drop at all.</summary>
    internal bool IsConsumed(DropReason? reason) => reason is not null
        && (reason.Name is "CONSUMED" or "SKB_CONSUMED" || (_consumed is not null && reason.Value == _consumed));

    // { 3, "NO_SOCKET" }, or, where the kernel forgot to resolve the enum, { SKB_DROP_REASON_NO_SOCKET, "NO_SOCKET" }: skipped.
    private static bool TryTakeEntry(scoped ref ReadOnlySpan<byte> rest, out uint value, out string name)
    {
        while (rest.Length > 0 && rest[0] == '{')
        {
            int comma = rest.IndexOf((byte)',');
            int close = rest.IndexOf((byte)'}');
            if (comma < 0 || close < comma)
                break;
            ReadOnlySpan<byte> number = rest[1..comma].Trim((byte)' ');
            ReadOnlySpan<byte> text = rest[(comma + 1)..close].Trim((byte)' ').Trim((byte)'"');
            rest = rest[(close + 1)..].TrimStart(", "u8);
            if (AsciiNumber.TryEither(number, out ulong wide) && wide <= uint.MaxValue)
            {
                value = (uint)wide;
                name = Encoding.UTF8.GetString(text);
                return true;
            }
        }
        (value, name) = (0, "");
        return false;
    }

    private static bool TryNumber(string printed, out uint value) =>
        printed.StartsWith("0x", StringComparison.Ordinal)
            ? uint.TryParse(printed.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value)
            : uint.TryParse(printed, NumberStyles.None, CultureInfo.InvariantCulture, out value);

    // enum skb_drop_reason_subsys: 2 and 3 have changed their meaning between kernels, so a number alone does not tell.
    private static string? SubsystemOf(uint value) => (value >> 16) switch
    {
        0 => "core",
        1 => "mac80211",
        _ => null,
    };
}
