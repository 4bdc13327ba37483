namespace DropForensics.Core.Attribution;

/// <summary>The data files beside this one, which are embedded in the assembly.</summary>
internal static class DataFile
{
    /// <summary>Lines but for blank ones and comments (<c>#</c>).</summary>
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
