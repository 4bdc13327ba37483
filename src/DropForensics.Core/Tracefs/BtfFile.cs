using System.Buffers.Binary;
using System.Text;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// The type information a kernel or one of its modules carries (<c>/sys/kernel/btf/vmlinux</c>, <c>/sys/kernel/btf/mac80211</c>;
/// Documentation/bpf/btf.rst), read for its enums. A file that is damaged, foreign or cut off has the enums up to there.
/// </summary>
public sealed class BtfFile
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;
    private const int TypeSize = 12;
    private const int EnumKind = 6;
    private const int Enum64Kind = 19;

    private readonly ReadOnlyMemory<byte> _types;
    private readonly ReadOnlyMemory<byte> _strings;
    private readonly BtfFile? _kernel;

    private BtfFile(ReadOnlyMemory<byte> types, ReadOnlyMemory<byte> strings, BtfFile? kernel) => (_types, _strings, _kernel) = (types, strings, kernel);

    /// <summary>Finds the sections of a file.</summary>
    /// <param name="content">The whole file.</param>
    /// <param name="kernel">For a module, vmlinux's: a module's string offsets go on where that one's end.</param>
    /// <returns>Null where it is no BTF of this machine's byte order.</returns>
    public static BtfFile? TryRead(ReadOnlyMemory<byte> content, BtfFile? kernel = null)
    {
        var header = content.Span;
        if (header.Length < HeaderSize || BinaryPrimitives.ReadUInt16LittleEndian(header) != Magic) return null;
        var start = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        var types = Section(content, start, header[8..]);
        var strings = Section(content, start, header[16..]);
        return new BtfFile(types, strings, kernel);
    }

    /// <summary>Every enum whose name contains <paramref name="word"/>, with its values by name in order.</summary>
    public IEnumerable<(string Name, IReadOnlyList<(string Name, long Value)> Values)> Enums(string word)
    {
        var at = 0;
        while (at + TypeSize <= _types.Length)
        {
            var type = _types.Span[at..];
            var name = BinaryPrimitives.ReadUInt32LittleEndian(type);
            var info = BinaryPrimitives.ReadUInt32LittleEndian(type[4..]);
            var (kind, count) = ((int)(info >> 24) & 0x1f, (int)(info & 0xffff));
            if (ExtraSize(kind, count) is not { } extra || at + TypeSize + extra > _types.Length) yield break;
            if (kind is EnumKind or Enum64Kind && Text(name) is var text && text.Contains(word, StringComparison.Ordinal))
            {
                yield return (text, Values(_types.Span.Slice(at + TypeSize, extra), kind, count));
            }

            at += TypeSize + extra;
        }
    }

    private List<(string Name, long Value)> Values(ReadOnlySpan<byte> members, int kind, int count)
    {
        var size = members.Length / Math.Max(count, 1);
        var values = new List<(string, long)>(count);
        for (; members.Length >= size && size > 0; members = members[size..])
        {
            long value = BinaryPrimitives.ReadInt32LittleEndian(members[4..]);
            if (kind == Enum64Kind) value = (uint)value | ((long)BinaryPrimitives.ReadInt32LittleEndian(members[8..]) << 32);
            values.Add((Text(BinaryPrimitives.ReadUInt32LittleEndian(members)), value));
        }

        return values;
    }

    private string Text(uint offset)
    {
        var shared = (uint)(_kernel?._strings.Length ?? 0);
        if (_kernel is not null && offset < shared) return _kernel.Text(offset);
        var own = offset - shared;
        if (own >= _strings.Length) return "";
        var text = _strings.Span[(int)own..];
        var end = text.IndexOf((byte)0);
        return Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
    }

    /// <summary>Bytes behind a type's head; null for a kind that is not known, behind which nothing can be found.</summary>
    private static int? ExtraSize(int kind, int count) => kind switch
    {
        1 or 14 or 17 => 4,                                      // int, var, decl_tag
        2 or 7 or 8 or 9 or 10 or 11 or 12 or 16 or 18 => 0,     // pointer, forward, typedef, qualifiers, function, float, type_tag
        3 => 12,                                                 // array
        4 or 5 or 15 or Enum64Kind => count * 12,                // struct, union, section, enum64
        EnumKind or 13 => count * 8,                             // enum, function prototype
        _ => null,
    };

    private static ReadOnlyMemory<byte> Section(ReadOnlyMemory<byte> content, uint start, ReadOnlySpan<byte> place)
    {
        var from = Math.Min((ulong)start + BinaryPrimitives.ReadUInt32LittleEndian(place), (ulong)content.Length);
        var length = Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(place[4..]), (ulong)content.Length - from);
        return content.Slice((int)from, (int)length);
    }
}
