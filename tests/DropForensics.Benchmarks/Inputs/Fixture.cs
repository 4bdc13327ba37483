namespace DropForensics.Benchmarks.Inputs;

/// <summary>Recorded traces of this repository.</summary>
internal static class Fixture
{
    /// <summary>The file's bytes.</summary>
    /// <param name="name">Its path below <c>fixtures</c>.</param>
    /// <exception cref="FileNotFoundException">The program does not run inside a checkout.</exception>
    public static byte[] Read(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "fixtures", name);
            if (File.Exists(path)) return File.ReadAllBytes(path);
        }

        throw new FileNotFoundException($"no fixtures/{name} above {AppContext.BaseDirectory}: run the benchmarks inside a checkout");
    }
}
