namespace DropForensics.Core.Attribution;

/// <summary>A set of kernel symbols and symbol prefixes.</summary>
internal sealed class SymbolSet
{
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly List<string> _prefixes = [];

    public bool Contains(string symbol)
    {
        if (_names.Contains(symbol)) return true;
        foreach (string prefix in _prefixes)
        {
            if (symbol.StartsWith(prefix, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    /// <summary>Reads an embedded file of <c>[section]</c>s with a symbol a line; a trailing <c>*</c> matches any rest.</summary>
    public static IReadOnlyDictionary<string, SymbolSet> ReadSections(string file)
    {
        var sections = new Dictionary<string, SymbolSet>();
        SymbolSet? section = null;
        foreach (string line in DataFile.Lines(file))
        {
            if (line[0] == '[') sections.Add(line.Trim('[', ']'), section = new SymbolSet());
            else if (section is null) throw new InvalidDataException($"{file}: {line} stands in no section");
            else if (line[^1] == '*') section._prefixes.Add(line[..^1]);
            else section._names.Add(line);
        }

        return sections;
    }
}

/// <summary>The data files beside this one, which are embedded in the assembly.</summary>
internal static class DataFile
{
    /// <summary>All lines except blank ones and comments (<c>#</c>).</summary>
    public static IEnumerable<string> Lines(string name)
    {
        using Stream resource = typeof(DataFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded");
        using var reader = new StreamReader(resource);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length > 0 && line[0] != '#') yield return line;
        }
    }
}
