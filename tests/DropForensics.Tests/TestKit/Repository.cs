namespace DropForensics.Tests.TestKit;

/// <summary>Files of the source tree the tests were built from.</summary>
internal static class Repository
{
    private static readonly Lazy<string> Root = new(() =>
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(System.IO.Path.Combine(root, "DropForensics.sln"))) root = System.IO.Path.GetDirectoryName(root);
        return root ?? throw new DirectoryNotFoundException("no DropForensics.sln above the tests");
    });

    /// <summary>A path from its root.</summary>
    public static string PathOf(params string[] parts) => System.IO.Path.Combine([Root.Value, .. parts]);
}
