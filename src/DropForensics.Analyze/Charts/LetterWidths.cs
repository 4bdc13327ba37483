using System.Buffers.Binary;
using System.Text;
using static System.Buffers.Binary.BinaryPrimitives;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// How wide the page's texts are, read from the font's own tables (OpenType specification 1.9: cmap format 4, head, hhea, hmtx), so that a
/// page needs no native code. The page's letters are the reader's: prose has Inter's widths here, names those of a typewriter.
/// </summary>
internal sealed class LetterWidths
{
    /// <summary>Width of every letter of a typewriter, in ems.</summary>
    public const double MonoAdvance = 0.6;

    private static readonly LetterWidths Regular = new(InterFont.Regular);
    private static readonly LetterWidths Semibold = new(InterFont.Semibold);
    private readonly Dictionary<char, double> _advances = [];

    private LetterWidths(ReadOnlySpan<byte> font)
    {
        double em = ReadUInt16BigEndian(Table(font, "head"u8)[18..]);
        int metrics = ReadUInt16BigEndian(Table(font, "hhea"u8)[34..]);
        ReadOnlySpan<byte> advances = Table(font, "hmtx"u8);
        ReadOnlySpan<byte> map = WindowsMap(Table(font, "cmap"u8));
        int segments = ReadUInt16BigEndian(map[6..]) / 2;
        const int ends = 14;
        int starts = ends + (2 * segments) + 2, deltas = starts + (2 * segments), offsets = deltas + (2 * segments);
        for (int segment = 0; segment < segments; segment++)
        {
            int first = ReadUInt16BigEndian(map[(starts + (2 * segment))..]), last = ReadUInt16BigEndian(map[(ends + (2 * segment))..]);
            int delta = ReadUInt16BigEndian(map[(deltas + (2 * segment))..]);
            int at = offsets + (2 * segment), offset = ReadUInt16BigEndian(map[at..]);
            for (int character = first; character <= last; character++)
            {
                int listed = offset == 0 ? character : ReadUInt16BigEndian(map[(at + offset + (2 * (character - first)))..]);
                int glyph = offset != 0 && listed == 0 ? 0 : (listed + delta) & 0xffff;
                if (glyph != 0)
                    _advances[(char)character] = ReadUInt16BigEndian(advances[(4 * Math.Min(glyph, metrics - 1))..]) / em;
            }
        }

        for (char figure = '1'; figure <= '9'; figure++)
            _advances[figure] = _advances['0']; // one width for all of them, as in a table
    }

    /// <summary>Whether the font has a letter for it.</summary>
    public static bool Has(char character) => Regular._advances.ContainsKey(character);

    /// <summary>Width of a text of <see cref="VisibleText"/>, in the unit of the face's size.</summary>
    public static double Measure(string text, TextFace face)
    {
        if (face.Mono)
            return text.Length * MonoAdvance * face.Size;
        LetterWidths widths = face.Semibold ? Semibold : Regular;
        double width = 0;
        foreach (char character in text)
            width += widths._advances.GetValueOrDefault(character, widths._advances[VisibleText.Lacking]);
        return width * face.Size;
    }

    private static ReadOnlySpan<byte> Table(ReadOnlySpan<byte> font, ReadOnlySpan<byte> tag)
    {
        int count = ReadUInt16BigEndian(font[4..]);
        for (ReadOnlySpan<byte> entry = font[12..]; count > 0; count--, entry = entry[16..])
        {
            if (entry.StartsWith(tag))
                return font.Slice(ReadInt32BigEndian(entry[8..]), ReadInt32BigEndian(entry[12..]));
        }

        throw new InvalidDataException("a table of the embedded font is missing");
    }

    /// <summary>The character map of platform 3, encoding 1: Unicode up to U+FFFF.</summary>
    private static ReadOnlySpan<byte> WindowsMap(ReadOnlySpan<byte> maps)
    {
        int count = ReadUInt16BigEndian(maps[2..]);
        for (ReadOnlySpan<byte> entry = maps[4..]; count > 0; count--, entry = entry[8..])
        {
            if (ReadUInt32BigEndian(entry) == 0x0003_0001)
                return maps[ReadInt32BigEndian(entry[4..])..];
        }

        throw new InvalidDataException("the embedded font has no map of characters");
    }
}

/// <summary>
/// The font Inter, from the package Avalonia.Fonts.Inter, whose assembly is embedded unchanged. Its files are in one resource of
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
        // A resource is in the program's own memory while it runs: nothing is copied.
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
