
namespace DropForensics.Core.Filters;

/// <summary>Which dropped packets' ways are asked for: <c>--follow</c>.</summary>
/// <param name="Text">As it was given.</param>
/// <param name="Words">The same read; null: all drops.</param>
public sealed record FollowedPackets(string Text, DropFilter? Words)
{
    /// <summary>Asks for all drops.</summary>
    public const string All = "all";

    /// <summary>Path of the artifact that holds the text, as UTF-8, of a capture that recorded the packets' ways.</summary>
    public const string Path = "follow-expression";

    /// <summary>The interfaces that are named, where nothing else is asked for: what happens at others need not be recorded. Null: it must.</summary>
    public IReadOnlyList<string>? Interfaces
    {
        get
        {
            var names = new List<string>();
            return Words is { } words && IsOfInterfaces(words.Root, names) ? names : null;
        }
    }

    /// <exception cref="UserError">It is no expression: what is wrong, where, and what to write.</exception>
    public static FollowedPackets Parse(string text) => text.Trim() == All ? new FollowedPackets(All, null) : new FollowedPackets(text.Trim(), DropFilter.Parse(text));

    /// <summary>What a capture's artifact says; null for bytes that are none, or no expression of this version.</summary>
    public static FollowedPackets? Of(ReadOnlySpan<byte> artifact)
    {
        try
        {
            return DropFilter.TextOf(artifact) is { } text ? Parse(text) : null;
        }
        catch (UserError)
        {
            return null;
        }
    }

    private static bool IsOfInterfaces(FilterNode node, List<string> names)
    {
        if (node is EitherNode either) return IsOfInterfaces(either.Left, names) && IsOfInterfaces(either.Right, names);
        if (node is not InterfaceNode device) return false;
        if (!names.Contains(device.Name)) names.Add(device.Name);
        return true;
    }
}
