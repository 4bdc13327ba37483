using System.Globalization;
using DropForensics.Core.Filters;

namespace DropForensics.Capture.Probes;

/// <summary>
/// What of a filter expression the kernel can decide by an event's fields: a condition in its own language (see <see cref="EventFilter"/>) that every drop
/// meets which the expression matches. Only where it <see cref="IsExact"/> it says all; else the agent decides among the drops it lets through.
/// </summary>
internal sealed class KernelWords
{
    // A frame's tag may be in its bytes while the packet's type is the tag's.
    private static readonly int[] Tags = [0x8100, 0x88a8, 0x9100, 0x9200];

    private readonly Func<string, string> _reason;
    private readonly (string Field, bool IsSwapped)? _protocol;
    private readonly bool _hasDevice, _showsPackets;
    private bool _isExact = true;

    private KernelWords(Func<string, string> reason, (string, bool)? protocol, bool hasDevice, bool showsPackets) =>
        (_reason, _protocol, _hasDevice, _showsPackets) = (reason, protocol, hasDevice, showsPackets);

    /// <summary>The condition; empty where there is none.</summary>
    public string Condition { get; private init; } = "";

    /// <summary>Nothing is left for the agent to decide.</summary>
    public bool IsExact { get; private init; }

    /// <summary>The condition compares the interface's name, which must then be fetched as text.</summary>
    public bool UsesDevice => Condition.Contains("dev ", StringComparison.Ordinal);

    /// <param name="filter">The expression.</param>
    /// <param name="reason">The condition of a reason's name: <c>reason == 3</c>.</param>
    /// <param name="protocol">The field with the packet's type, and whether it is in network order; null for none.</param>
    /// <param name="hasDevice">The interface's name can be compared.</param>
    /// <param name="showsPackets">Packets are recorded: their bytes decide what they are, not the field.</param>
    public static KernelWords Of(DropFilter filter, Func<string, string> reason, (string, bool)? protocol, bool hasDevice, bool showsPackets)
    {
        var words = new KernelWords(reason, protocol, hasDevice, showsPackets);
        string? condition = words.Of(filter.Root, isNegated: false);
        if (showsPackets && protocol is { } field && TypesOf(filter.Root, isNegated: false) is { } types)
            condition = Join(condition, string.Join(" || ", types.Order().Concat(Tags).Select(type => Compare(field, type, "=="))), isAnd: true);
        return new KernelWords(reason, protocol, hasDevice, showsPackets) { Condition = condition ?? "", IsExact = words._isExact && condition is not null };
    }

    /// <summary>The types that a packet which matches can have; null: any.</summary>
    private static HashSet<int>? TypesOf(FilterNode node, bool isNegated) => node switch
    {
        NotNode not => TypesOf(not.Inner, !isNegated),
        BothNode both => Both(TypesOf(both.Left, isNegated), TypesOf(both.Right, isNegated), isAnd: !isNegated),
        EitherNode either => Both(TypesOf(either.Left, isNegated), TypesOf(either.Right, isNegated), isAnd: isNegated),
        TypeNode { Tags: 0 } type when !isNegated => [type.EtherType],
        _ => null,
    };

    private static HashSet<int>? Both(HashSet<int>? left, HashSet<int>? right, bool isAnd)
    {
        if (left is null || right is null) return isAnd ? left ?? right : null;
        return [.. isAnd ? left.Intersect(right) : left.Union(right)];
    }

    // Null: true of any drop.
    private string? Of(FilterNode node, bool isNegated) => node switch
    {
        NotNode not => Of(not.Inner, !isNegated),
        BothNode both => Join(Of(both.Left, isNegated), Of(both.Right, isNegated), isAnd: !isNegated),
        EitherNode either => Join(Of(either.Left, isNegated), Of(either.Right, isNegated), isAnd: isNegated),
        ReasonNode reason => isNegated ? _reason(reason.Name).Replace("==", "!=", StringComparison.Ordinal) : _reason(reason.Name),
        InterfaceNode device => Device(device, isNegated),
        TypeNode type => Type(type, isNegated),
        _ => Unknown(),
    };

    private string? Device(InterfaceNode device, bool isNegated)
    {
        // What looks like an interface may be other memory, so that the agent looks again; and it is no interface of another name then either.
        _isExact = false;
        return isNegated || !_hasDevice ? null : EventFilter.Interface(device.Name);
    }

    private string? Type(TypeNode type, bool isNegated)
    {
        if (_protocol is not { } field || type.Tags > 0) return Unknown();
        if (_showsPackets) return Unknown(); // its bytes say what it is; see TypesOf
        return isNegated ? $"{Compare(field, type.EtherType, "!=")} && {Compare(field, 0, "!=")}" : Compare(field, type.EtherType, "=="); // 0: not known
    }

    private string? Unknown()
    {
        _isExact = false;
        return null;
    }

    private static string Compare((string Field, bool IsSwapped) field, int etherType, string sign)
    {
        int value = field.IsSwapped ? System.Buffers.Binary.BinaryPrimitives.ReverseEndianness((ushort)etherType) : etherType;
        return string.Create(CultureInfo.InvariantCulture, $"{field.Field} {sign} {value}");
    }

    private static string? Join(string? left, string? right, bool isAnd)
    {
        if (left is null || right is null) return isAnd ? left ?? right : null;
        return left == right ? left : $"{Grouped(left)} {(isAnd ? "&&" : "||")} {Grouped(right)}";
    }

    private static string Grouped(string condition) =>
        condition.Contains("&&", StringComparison.Ordinal) || condition.Contains("||", StringComparison.Ordinal) ? $"({condition})" : condition;
}
