using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Network;

/// <summary>
/// Whether an interface of a name is there. One that is not may still come (a tunnel, a container's), so that is no error; but whoever mistyped the name
/// is not to wait a whole window for nothing.
/// </summary>
internal static class InterfaceNames
{
    /// <summary>What to tell where no namespace has such an interface; null where one has, or where none could be seen.</summary>
    /// <param name="name">The interface; null for all of them.</param>
    /// <param name="namespaces">What each shows.</param>
    public static string? Missing(string? name, IReadOnlyList<NetworkView> namespaces)
    {
        string[] known = [.. namespaces.SelectMany(space => space.Interfaces).Select(each => each.Name).Distinct().Order(StringComparer.Ordinal)];
        return name is null || known.Length == 0 || known.Contains(name) ? null
            : $"no namespace has an interface named {Printable.Of(name)} now.{Printable.Of(NearNames.Question(name, known))}";
    }
}
