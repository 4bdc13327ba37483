using DropForensics.Core.Model;

namespace DropForensics.Core.Tracefs;

/// <summary>Names of drop-reason numbers, from the <c>{ 3, "NO_SOCKET" }</c> table in an event's <c>format</c> file; never by kernel version.</summary>
public sealed class ReasonTable
{
    /// <summary>Knows no number.</summary>
    public static ReasonTable Empty { get; } = new();

    /// <summary>Reads the symbolic table of the field <c>reason</c>; one that has none (up to 5.16) gives <see cref="Empty"/>.</summary>
    public static ReasonTable FromFormat(ReadOnlySpan<byte> format) => throw new NotSupportedException(format.Length.ToString());

    /// <summary>Number to name. <c>MAX</c>, which is never a reason, is left out.</summary>
    public IReadOnlyDictionary<uint, string> Names { get; } = new Dictionary<uint, string>();

    /// <summary>The reason for what the trace printed: <c>NO_SOCKET</c>, <c>0x30002</c>, a probe's <c>3</c>.</summary>
    public DropReason FromText(string printed) => throw new NotSupportedException(printed);

    /// <summary>The number of a name, as a filter needs it; null where this kernel has no such reason.</summary>
    public uint? ValueOf(string name) => throw new NotSupportedException(name);
}
