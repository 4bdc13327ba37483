using System.Text;
using DropForensics.Core.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// An event's description of its own records: tracefs <c>events/GROUP/NAME/format</c>
/// (kernel/trace/trace_events.c, <c>f_show</c>).
/// </summary>
internal sealed class EventFormat
{
    private const int LargestRecord = 64 * 1024;

    private readonly List<EventField> _fields = [];

    private EventFormat(string name, int id, byte[] print) => (Name, Id, Print) = (name, id, print);

    public string Name { get; }

    /// <summary>The event's number, with which its records begin.</summary>
    public int Id { get; }

    /// <summary>What follows <c>print fmt: </c>: a string of C and its arguments.</summary>
    public byte[] Print { get; }

    public IReadOnlyList<EventField> Fields => _fields;

    public EventField? Find(string name) => _fields.Find(field => field.Name == name);

    /// <summary>Null if the text is not a format file.</summary>
    public static EventFormat? TryParse(ReadOnlySpan<byte> text)
    {
        string name = "";
        int id = -1;
        byte[] print = [];
        var fields = new List<EventField>();
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (line.StartsWith("name: "u8))
                name = Encoding.Latin1.GetString(line[6..]);
            else if (line.StartsWith("ID: "u8) && AsciiNumber.TryDecimal(line[4..], ushort.MaxValue, out int number))
                id = number;
            else if (line.StartsWith("print fmt: "u8))
                print = line[11..].ToArray();
            else if (line.StartsWith("\tfield:"u8) && TryField(line[7..]) is { } field)
                fields.Add(field);
        }

        if (name.Length == 0 || id < 0)
            return null;
        var format = new EventFormat(name, id, print);
        format._fields.AddRange(fields);
        return format;
    }

    // "u64 pkt96[32];\toffset:16;\tsize:256;\tsigned:0;". A type can be of several words: the name is the last.
    internal static EventField? TryField(ReadOnlySpan<byte> text)
    {
        int semicolon = text.IndexOf((byte)';');
        if (semicolon < 0 || !TryNumber(text, "\toffset:"u8, out int offset) || !TryNumber(text, "\tsize:"u8, out int size))
            return null;
        ReadOnlySpan<byte> declaration = text[..semicolon];
        ReadOnlySpan<byte> name = declaration[(declaration.LastIndexOf((byte)' ') + 1)..];
        int elements = 1, bracket = name.IndexOf((byte)'[');
        if (bracket >= 0)
        {
            int close = name.IndexOf((byte)']');
            elements = close > bracket && AsciiNumber.TryDecimal(name[(bracket + 1)..close], LargestRecord, out int count)
                ? count : ElementsOf(declaration, size);
            name = name[..bracket];
        }

        bool isSigned = TryNumber(text, "\tsigned:"u8, out int signed) && signed == 1;
        return new EventField(Encoding.Latin1.GetString(name), offset, size, isSigned, elements, declaration.StartsWith("__data_loc"u8));
    }

    // A dynamic event's array leaves its length out: "u64 pkt96[]". 0 if the type does not have a fixed size.
    private static int ElementsOf(ReadOnlySpan<byte> declaration, int size)
    {
        ReadOnlySpan<byte> type = declaration[..Math.Max(0, declaration.IndexOf((byte)' '))];
        if (type.Length is not (2 or 3) || type[0] is not ((byte)'u' or (byte)'s') || !AsciiNumber.TryDecimal(type[1..], 64, out int bits))
            return 0;
        int bytes = bits / 8;
        return bytes > 0 && size % bytes == 0 ? size / bytes : 0;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label, out int value)
    {
        int at = text.IndexOf(label);
        value = 0;
        if (at < 0)
            return false;
        text = text[(at + label.Length)..];
        return AsciiNumber.TryDecimal(text[..AsciiNumber.CountDigits(text)], LargestRecord * 16, out value);
    }
}
