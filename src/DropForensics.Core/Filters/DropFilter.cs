using System.Text;

namespace DropForensics.Core.Filters;

/// <summary>
/// An expression that chooses drops by their packets, in the words of pcap-filter: <c>tcp port 443 and host 10.0.0.7</c>. It is read once; testing a drop
/// allocates nothing. docs/filters.md has the words.
/// </summary>
public sealed class DropFilter
{
    /// <summary>Path of the artifact that holds the expression a capture was filtered by, as UTF-8.</summary>
    public const string Path = "filter-expression";

    private DropFilter(string text, FilterNode root, FilterParser parser) =>
        (Text, Root, NeedsPackets, LooksAtPackets, NeedsInterface) = (text, root, parser.NeedsPackets, parser.LooksAtPackets, parser.NeedsInterface);

    /// <summary>As it was given, without blanks around it.</summary>
    public string Text { get; }

    /// <summary>What it says.</summary>
    public FilterNode Root { get; }

    /// <summary>Whether it asks for anything in a packet beside its type, which the drop's event has even without a packet.</summary>
    public bool NeedsPackets { get; }

    /// <summary>Whether it asks for anything in a packet, be it its type.</summary>
    public bool LooksAtPackets { get; }

    /// <summary>Whether it asks for the interface.</summary>
    public bool NeedsInterface { get; }

    /// <exception cref="UserError">It is no such expression: what is wrong, where, and what to write.</exception>
    public static DropFilter Parse(string text)
    {
        var parser = new FilterParser(text);
        FilterNode root = parser.Read();
        return new DropFilter(text.Trim(), root, parser);
    }

    /// <summary>What a capture's artifact says; null for bytes that are none, or no expression of this version.</summary>
    public static string? TextOf(ReadOnlySpan<byte> artifact) =>
        artifact.Length is > 0 and <= FilterParser.LongestText ? Encoding.UTF8.GetString(artifact) : null;

    /// <summary>Whether a drop is one of those asked for: <see cref="Answer.Unknown"/> is no, because it has no packet to compare.</summary>
    public Answer Test(in FilterSubject drop) => Root.Test(drop);
}
