using System.Text;

namespace DropForensics.Capture.Host;

/// <summary>
/// The directory all host paths hang off: <c>/</c> on a host, a fake tree in a test.
/// </summary>
/// <param name="Root">An absolute path.</param>
internal sealed record HostRoot(string Root = "/")
{
    // No file we look at is larger: the kernel's BTF has 5 to 10 MB.
    private const long LargestFile = 64L << 20;

    /// <summary>A path below the root; <paramref name="absolute"/> begins with a slash.</summary>
    public string At(string absolute) => Path.Combine(Root, absolute.TrimStart('/'));

    /// <summary>The whole file, or null where it is missing or closed to us. Files of procfs have no length: read to the end.</summary>
    public byte[]? TryRead(string absolute) => TryReadFile(At(absolute));

    /// <summary>Its text without the last newline, or null.</summary>
    public string? TryReadText(string absolute) => TryRead(absolute) is { } bytes ? Encoding.UTF8.GetString(bytes).TrimEnd('\n') : null;

    internal static byte[]? TryReadFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using var content = new MemoryStream((int)Math.Min(file.Length, LargestFile));
            file.CopyTo(content, 64 * 1024);
            return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
