using System.Buffers.Binary;
using System.Text;

namespace DropForensics.Analyze.Charts.Fonts;

/// <summary>
/// The font Inter, out of the package Avalonia.Fonts.Inter, whose assembly is embedded here as it is. Its files lie in one resource of
/// Avalonia's own form: the length of the index; the index, which has a version, a count and for each file its path, offset and size;
/// then the files.
/// </summary>
internal static class InterFont
{
    /// <summary>Weight 400, a TrueType file.</summary>
    public static ReadOnlySpan<byte> Regular => File("/Assets/Inter-Regular.ttf");

    /// <summary>Weight 600, a TrueType file.</summary>
    public static ReadOnlySpan<byte> Semibold => File("/Assets/Inter-SemiBold.ttf");

    private static unsafe ReadOnlySpan<byte> File(string path)
    {
        // A resource lies in the program's own memory as long as it runs: nothing is copied.
        using var assembly = (UnmanagedMemoryStream)(typeof(InterFont).Assembly.GetManifestResourceStream("inter") ?? throw new InvalidDataException("no font is embedded"));
        var all = new ReadOnlySpan<byte>(assembly.PositionPointer, (int)assembly.Length);
        const int beforeFirstPath = 13; // length of the index, version, count, and the path's own length
        int start = all.IndexOf("/Assets/"u8) - beforeFirstPath;
        ReadOnlySpan<byte> files = all[(start + 4 + Number(all[start..]))..];
        ReadOnlySpan<byte> entry = all[(start + 12)..];
        for (int left = Number(all[(start + 8)..]); left > 0; left--)
        {
            int length = entry[0];
            string name = Encoding.UTF8.GetString(entry.Slice(1, length));
            entry = entry[(1 + length)..];
            if (name == path)
                return files.Slice(Number(entry), Number(entry[4..]));
            entry = entry[8..];
        }

        throw new InvalidDataException($"the embedded font has no {path}");
    }

    private static int Number(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes);
}
