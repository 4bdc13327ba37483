using System.Text;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Host;

/// <summary>
/// The directory that all host paths are below: <c>/</c> on a host, a fake tree in a test.
/// </summary>
/// <param name="Root">An absolute path.</param>
internal sealed record HostRoot(string Root = "/")
{
    // No file that we read is larger: the kernel's BTF has 5 to 10 MB.
    private const long LargestFile = 64L << 20;

    /// <summary>A path below the root; <paramref name="absolute"/> begins with a slash.</summary>
    public string At(string absolute) => Path.Combine(Root, absolute.TrimStart('/'));

    /// <summary>The whole file, or null if it is missing or not readable. Files of procfs have no length: reads to the end.</summary>
    public byte[]? TryRead(string absolute) => TryReadFile(At(absolute));

    /// <summary>The same; notes a file that exists and cannot be read.</summary>
    /// <param name="absolute">The file.</param>
    /// <param name="unread">Takes the note.</param>
    /// <param name="what">Its name in the note.</param>
    public byte[]? TryRead(string absolute, List<UnreadEvidence> unread, string what)
    {
        byte[]? content = TryReadFile(At(absolute), out string? whyNot);
        if (content is null && File.Exists(At(absolute))) unread.Add(new UnreadEvidence(what, whyNot));
        return content;
    }

    /// <summary>Its text without the last newline, or null.</summary>
    public string? TryReadText(string absolute) => TryRead(absolute) is { } bytes ? Encoding.UTF8.GetString(bytes).TrimEnd('\n') : null;

    internal static byte[]? TryReadFile(string path) => TryReadFile(path, out _);

    private static byte[]? TryReadFile(string path, out string whyNot)
    {
        whyNot = "";
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            using var content = new MemoryStream((int)Math.Min(file.Length, LargestFile));
            file.CopyTo(content, 64 * 1024);
            return content.Length == content.Capacity ? content.GetBuffer() : content.ToArray();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            whyNot = e.Message;
            return null;
        }
    }
}
