using System.Globalization;
using System.Text;

namespace DropForensics.Core.Procfs;

/// <summary>
/// Control groups (version 2) of a host by their ids. As text, one on each line: <c>4711 /system.slice/nginx.service</c>; a newline in
/// a path is written as a blank.
/// </summary>
public sealed class CgroupList
{
    /// <summary>Path of the text among a capture's artifacts.</summary>
    public const string Path = "cgroups";

    private readonly Dictionary<long, string> _paths = [];

    /// <summary>How many there are.</summary>
    public int Count => _paths.Count;

    /// <summary>The path of a control group, from the root of the hierarchy; null if it is not in the list.</summary>
    /// <param name="id">The inode of its directory.</param>
    public string? PathOf(long id) => _paths.GetValueOrDefault(id);

    /// <summary>Adds one; a known id keeps its path.</summary>
    public void Add(long id, string path) => _paths.TryAdd(id, path);

    /// <summary>Adds those of a text. Lines of another form are skipped.</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            int blank = line.IndexOf(" /", StringComparison.Ordinal);
            if (blank > 0 && long.TryParse(line.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out long id)) Add(id, line[(blank + 1)..]);
        }
    }

    /// <summary>The text, ordered by path.</summary>
    public byte[] Format()
    {
        var text = new StringBuilder();
        foreach ((long id, string path) in _paths.OrderBy(each => each.Value, StringComparer.Ordinal))
            text.Append(CultureInfo.InvariantCulture, $"{id} {path.Replace('\n', ' ')}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
