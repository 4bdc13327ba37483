namespace DropForensics.Tests.TestKit;

/// <summary>A directory of the test's own, gone after it.</summary>
internal sealed class ScratchDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dropforensics-test-");

    public string FullName => _directory.FullName;

    public string File(string name) => Path.Combine(_directory.FullName, name);

    /// <summary>The names in it, sorted.</summary>
    public string[] Names => [.. _directory.GetFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public void Dispose() => _directory.Delete(recursive: true);
}
