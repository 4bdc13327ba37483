using System.Buffers;
using DropForensics.Core.Model;

namespace DropForensics.Core.Attribution;

/// <summary>Reads the owner of a control group from its path. The patterns are in owners.tsv.</summary>
public static class OwnerAttributor
{
    // What docker ps and crictl ps show of an id; and enough of a pod's uid to find it.
    private const int ShortId = 12, ShortUid = 8;

    private static readonly OwnerPattern[] Patterns = [.. DataFile.Lines("owners.tsv").Select(OwnerPattern.Read)];

    /// <summary>The owner of a control group.</summary>
    /// <param name="id">Its id, used as its name if nothing else is known.</param>
    /// <param name="path">Its path from the root of the hierarchy; null if unknown.</param>
    public static CgroupOwner Of(long id, string? path)
    {
        if (path is null) return new CgroupOwner(null, $"cgroup {id}", null, null, null);
        string? unit = null, container = null, pod = null;
        string above = "";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            foreach (OwnerPattern pattern in Patterns)
            {
                if (pattern.Match(above, part) is not { } found) continue;
                if (pattern.What == "unit") unit = part;
                else if (pattern.What == "pod") pod = found.Replace('_', '-');
                else (container, unit) = (pattern.Engine + found, null); // the unit that starts a container is not what runs in it
                break;
            }

            above = part;
        }

        string?[] names = [container is null ? unit : unit is null ? Short(container) : $"{unit} in {Short(container)}", pod is null ? null : $"pod {pod[..ShortUid]}"];
        string name = string.Join(", ", names.Where(each => each is not null));
        return new CgroupOwner(path, name.Length > 0 ? name : path, unit, container, pod);
    }

    /// <summary>A container as people name it: the first 12 digits of its id.</summary>
    public static string Short(string container)
    {
        int id = container.IndexOf("://", StringComparison.Ordinal) is >= 0 and var at ? at + 3 : 0;
        return OwnerPattern.IsHex(container.AsSpan(id)) ? container[..(id + ShortId)] : container;
    }
}

/// <summary>A line of owners.tsv.</summary>
internal sealed record OwnerPattern(string? Above, string Prefix, string Placeholder, string Suffix, string What, string Engine)
{
    private const int FewestDigits = 12, MostDigits = 64, UidLength = 36, StaticUidLength = 32;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> UidCharacters = SearchValues.Create("0123456789abcdef-_");

    public static OwnerPattern Read(string line)
    {
        string[] columns = line.Split('\t');
        string[] parts = columns[0].Split('/');
        string last = parts[^1];
        int open = last.IndexOf('{', StringComparison.Ordinal), close = last.IndexOf('}', StringComparison.Ordinal);
        return new OwnerPattern(
            parts.Length > 1 ? parts[0] : null, last[..open], last[open..(close + 1)], last[(close + 1)..], columns[1], columns.Length > 2 ? columns[2] : "");
    }

    /// <summary>The text that matches the placeholder; null if the part of the path does not match.</summary>
    public string? Match(string above, string part)
    {
        bool fits = (Above is null || Above == above) && part.Length > Prefix.Length + Suffix.Length
            && part.StartsWith(Prefix, StringComparison.Ordinal) && part.EndsWith(Suffix, StringComparison.Ordinal);
        if (!fits) return null;
        ReadOnlySpan<char> found = part.AsSpan()[Prefix.Length..^Suffix.Length];
        bool isIt = Placeholder switch { "{hex}" => IsHex(found), "{uid}" => IsUid(found), _ => true };
        return isIt ? found.ToString() : null;
    }

    internal static bool IsHex(ReadOnlySpan<char> text) => text.Length is >= FewestDigits and <= MostDigits && !text.ContainsAnyExcept(HexDigits);

    private static bool IsUid(ReadOnlySpan<char> text) => text.Length is UidLength or StaticUidLength && !text.ContainsAnyExcept(UidCharacters);
}
