using System.Buffers.Binary;
using System.Text;

namespace DropForensics.Analyze.Source;

/// <summary>
/// A 64-bit little-endian ELF file with debug information: its build id and the addresses of its functions. A vmlinux has hundreds of megabytes, so only
/// headers, names and the table of symbols are read.
/// </summary>
internal sealed class ElfImage
{
    private const int HeaderSize = 64, SectionSize = 64, SymbolSize = 24, NoteHeaderSize = 12, BuildIdType = 3, MostSections = 100_000, MaxNameBytes = 256;
    private const uint SymbolTable = 2, Notes = 7;

    // Against damaged and hostile files; a vmlinux with all its debug information stays far below.
    private const long MaxTableBytes = 512L << 20, MaxNameTableBytes = 8 << 20, MaxNoteBytes = 1 << 20, MaxNoteBytesInAll = 16 << 20;

    private readonly string _path;
    private readonly List<Section> _sections = [];

    private ElfImage(string path) => _path = path;

    public string Path => _path;

    /// <summary>In hexadecimal; null where the file has none.</summary>
    public string? BuildId { get; private set; }

    /// <summary>Whether the addresses of symbols count from their sections, as in a module.</summary>
    public bool IsRelocatable { get; private set; }

    /// <summary>Reads a file; null where it is none of this kind.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static ElfImage? TryOpen(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] header = new byte[HeaderSize];
        if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize || !header.AsSpan().StartsWith("\u007fELF\u0002\u0001"u8)) return null;
        var image = new ElfImage(path) { IsRelocatable = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(16)) == 1 };
        long at = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(40));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(60)), names = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(62));
        if (BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(58)) != SectionSize || count > MostSections || Read(file, at, (long)count * SectionSize) is not { } table) return null;
        for (int i = 0; i < count; i++) image._sections.Add(Section.Of(table.AsSpan(i * SectionSize, SectionSize)));
        byte[] texts = names < count && image._sections[names].Size <= MaxNameTableBytes ? Read(file, image._sections[names].Offset, image._sections[names].Size) ?? [] : [];
        for (int i = 0; i < count; i++) image._sections[i] = image._sections[i] with { Name = TextAt(texts, image._sections[i].NameAt) };
        long left = MaxNoteBytesInAll;
        image.BuildId = image._sections.Where(section => section.Type == Notes && section.Size is > 0 and <= MaxNoteBytes).TakeWhile(section => (left -= section.Size) >= 0)
            .Select(section => BuildIdIn(Read(file, section.Offset, section.Size))).FirstOrDefault(id => id is not null);
        return image;
    }

    /// <summary>The functions of some names: the address of each, and its section. A name that several functions have is left out.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyDictionary<string, (ulong Address, string Section)> Functions(IReadOnlySet<string> wanted)
    {
        var found = new Dictionary<string, (ulong, string)>();
        var several = new HashSet<string>();
        using FileStream file = File.OpenRead(_path);
        if (_sections.Find(section => section.Type == SymbolTable) is not { } symbols || symbols.Link >= _sections.Count) return found;
        byte[] table = Read(file, symbols.Offset, symbols.Size) ?? [], texts = Read(file, _sections[symbols.Link].Offset, _sections[symbols.Link].Size) ?? [];
        ILookup<int, byte[]> byLength = wanted.Select(Encoding.UTF8.GetBytes).ToLookup(name => name.Length);
        for (int i = 0; i + SymbolSize <= table.Length; i += SymbolSize)
        {
            ReadOnlySpan<byte> symbol = table.AsSpan(i, SymbolSize);
            const int isFunction = 2;
            int section = BinaryPrimitives.ReadUInt16LittleEndian(symbol[6..]);
            if ((symbol[4] & 0xf) != isFunction || section == 0 || section >= _sections.Count) continue;
            ReadOnlySpan<byte> name = BytesAt(texts, BinaryPrimitives.ReadUInt32LittleEndian(symbol));
            foreach (byte[] each in byLength[name.Length])
            {
                if (!name.SequenceEqual(each)) continue;
                string text = Encoding.UTF8.GetString(name);
                (ulong, string) place = (BinaryPrimitives.ReadUInt64LittleEndian(symbol[8..]), _sections[section].Name);
                if (found.TryGetValue(text, out (ulong, string) other) && other != place) several.Add(text);
                found[text] = place;
            }
        }

        foreach (string name in several) found.Remove(name);
        return found;
    }

    private static byte[]? Read(FileStream file, long offset, long size)
    {
        if (offset < 0 || size < 0 || size > MaxTableBytes || offset > file.Length - size) return null;
        byte[] bytes = new byte[size];
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    // Notes: lengths of name and description, type, then both, each padded to four bytes.
    private static string? BuildIdIn(byte[]? notes)
    {
        ReadOnlySpan<byte> rest = notes;
        while (rest.Length >= NoteHeaderSize)
        {
            uint name = BinaryPrimitives.ReadUInt32LittleEndian(rest), size = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]), type = BinaryPrimitives.ReadUInt32LittleEndian(rest[8..]);
            if (name > MaxNoteBytes || size > MaxNoteBytes || rest.Length < NoteHeaderSize + Padded(name) + size) return null;
            ReadOnlySpan<byte> description = rest.Slice(NoteHeaderSize + Padded(name), (int)size);
            if (type == BuildIdType && size <= 64 && rest.Slice(NoteHeaderSize, (int)name).SequenceEqual("GNU\0"u8)) return Convert.ToHexStringLower(description);
            int next = NoteHeaderSize + Padded(name) + Padded(size);
            if (next > rest.Length) return null;
            rest = rest[next..];
        }

        return null;
    }

    private static int Padded(uint length) => (int)(length + 3) & ~3;

    private static string TextAt(byte[] texts, uint at) => Encoding.UTF8.GetString(BytesAt(texts, at));

    private static ReadOnlySpan<byte> BytesAt(byte[] texts, uint at)
    {
        if (at >= texts.Length) return [];
        ReadOnlySpan<byte> rest = texts.AsSpan((int)at, (int)Math.Min(MaxNameBytes, texts.Length - at));
        return rest.IndexOf((byte)0) is var end and >= 0 ? rest[..end] : rest;
    }

    private sealed record Section(uint NameAt, uint Type, long Offset, long Size, int Link)
    {
        public string Name { get; init; } = "";

        public static Section Of(ReadOnlySpan<byte> header) => new(
            BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt32LittleEndian(header[4..]),
            BinaryPrimitives.ReadInt64LittleEndian(header[24..]), BinaryPrimitives.ReadInt64LittleEndian(header[32..]), BinaryPrimitives.ReadInt32LittleEndian(header[40..]));
    }
}
