namespace DropForensics.Tests.TestKit;

/// <summary>Files of the checkout the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The directory of DropForensics.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "DropForensics.sln"))) return directory;
        }

        throw new InvalidOperationException("these tests run from a checkout");
    }
}
