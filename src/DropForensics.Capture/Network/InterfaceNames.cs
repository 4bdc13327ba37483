using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Network;

/// <summary>
/// Checks whether an interface with a name exists. A missing one may still appear (a tunnel, a container's), so that is not an error; but a user who
/// mistyped the name should not wait a whole window for nothing.
/// </summary>
internal static class InterfaceNames
{
    /// <summary>The message if no namespace has such an interface; null if one has, or if none could be read.</summary>
    /// <param name="name">The interface; null for all of them.</param>
    /// <param name="namespaces">Their views.</param>
    public static string? Missing(string? name, IReadOnlyList<NetworkView> namespaces)
    {
        string[] known = [.. namespaces.SelectMany(space => space.Interfaces).Select(each => each.Name).Distinct().Order(StringComparer.Ordinal)];
        return name is null || known.Length == 0 || known.Contains(name) ? null
            : $"no namespace has an interface named {Printable.Of(name)} now.{Printable.Of(NearNames.Question(name, known))}";
    }
}
