using System.Buffers.Binary;
using System.Text;

namespace DropForensics.Core.Btf;

/// <summary>
/// The type information a kernel or one of its modules carries (<c>/sys/kernel/btf/vmlinux</c>, <c>/sys/kernel/btf/mac80211</c>;
/// Documentation/bpf/btf.rst). An unknown or damaged type ends the list; the types before it remain usable. Names are compared as bytes in place. Of
/// the 5 MB only the offsets of the types (4 bytes each) are copied, once and on first use. Not thread-safe.
/// </summary>
public sealed class BtfFile
{
    private const ushort Magic = 0xeb9f;
    private const int HeaderSize = 24;

    private readonly ReadOnlyMemory<byte> _types;
    private readonly ReadOnlyMemory<byte> _strings;
    private readonly BtfFile? _kernel;
    private readonly Dictionary<string, int?> _structs = [];
    private int[]? _places;
    private bool _isWhole;

    private BtfFile(ReadOnlyMemory<byte> types, ReadOnlyMemory<byte> strings, BtfFile? kernel) =>
        (_types, _strings, _kernel) = (types, strings, kernel);

    // Type 0 is void and has no place in the file; a module's types are numbered on from the kernel's.
    private int FirstId => _kernel is null ? 1 : _kernel.FirstId + _kernel.Places.Length;

    private int[] Places => _places ??= FindPlaces();

    /// <summary>Finds the sections of a file.</summary>
    /// <param name="content">The whole file. It is not copied.</param>
    /// <param name="kernel">For a module, vmlinux's: a module's type numbers and string offsets continue after its own.</param>
    /// <returns>Null if it is not BTF in this machine's byte order, or is truncated: a module's types would then be misread.</returns>
    public static BtfFile? TryRead(ReadOnlyMemory<byte> content, BtfFile? kernel = null)
    {
        // magic, version, flags; then header length, types' offset and length, strings' offset and length, of 4 bytes each
        ReadOnlySpan<byte> header = content.Span;
        if (header.Length < HeaderSize || BinaryPrimitives.ReadUInt16LittleEndian(header) != Magic || header[2] != 1) return null;
        uint start = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
        return Section(content, start, header[8..]) is { } types && Section(content, start, header[16..]) is { } strings
            ? new BtfFile(types, strings, kernel)
            : null;
    }

    /// <summary>Every enum of this file whose name contains <paramref name="word"/>, with its values by name in order.</summary>
    public IEnumerable<(string Name, IReadOnlyList<(string Name, long Value)> Values)> Enums(string word)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(word);
        foreach (int place in Places)
        {
            if (Enum(place, wanted) is { } found) yield return found;
        }
    }

    /// <summary>Where a member lies in a struct.</summary>
    /// <param name="type">The struct's name, <c>sk_buff</c>.</param>
    /// <param name="path">The member, and members of it: <c>users.refs.counter</c>. Anonymous structs and unions between them are looked
    /// through; an array stands for its first element; pointers are not followed.</param>
    /// <returns>Bytes from the struct's start; null if the member does not exist or is a bitfield.</returns>
    public int? OffsetOf(string type, string path)
    {
        if (!_structs.TryGetValue(type, out int? id)) _structs.Add(type, id = Find(BtfKind.Struct, Encoding.ASCII.GetBytes(type), FirstId));
        return id is { } known ? new BtfMemberSearch(this).OffsetOf((uint)known, Encoding.ASCII.GetBytes(path)) : null;
    }

    /// <summary>The parameters of a function.</summary>
    /// <returns>Null if this file has no such function, or several of that name whose packet is a different parameter.</returns>
    public BtfFunction? Function(string name)
    {
        byte[] wanted = Encoding.ASCII.GetBytes(name);
        BtfFunction? first = null;
        for (int? id = Find(BtfKind.Function, wanted, FirstId); id is { } found; id = Find(BtfKind.Function, wanted, found + 1))
        {
            var function = BtfFunction.Read(this, name, (uint)found);
            if (function is null || (first is not null && first.SkbPosition != function.SkbPosition)) return null;
            first ??= function;
        }

        return first;
    }

    /// <summary>A type by its number; false for void and for unknown numbers.</summary>
    internal bool TryType(uint id, out BtfType type)
    {
        type = default;
        if (_kernel is not null)
        {
            if (id < _kernel.FirstId + _kernel.Places.Length) return _kernel.TryType(id, out type);
            if (!_kernel._isWhole) return false;   // The number of its types is unknown, and so is our first number.
        }

        uint own = id - (uint)FirstId;
        if (id == 0 || own >= Places.Length) return false;
        type = new BtfType(_types.Span[Places[own]..]);
        return true;
    }

    /// <summary>A name without its terminating zero; empty if there is none.</summary>
    internal ReadOnlySpan<byte> Text(uint offset)
    {
        uint shared = (uint)(_kernel?._strings.Length ?? 0);
        if (_kernel is not null && offset < shared) return _kernel.Text(offset);
        uint own = offset - shared;
        if (own >= _strings.Length) return [];
        ReadOnlySpan<byte> text = _strings.Span[(int)own..];
        int end = text.IndexOf((byte)0);
        return end < 0 ? [] : text[..end];
    }

    /// <summary>Resolves typedefs and qualifiers to their type and, on request, arrays to their elements.</summary>
    internal bool TryResolve(uint id, bool throughArrays, out BtfType type)
    {
        // A damaged file may contain a circle; no real chain is nearly this long.
        for (int steps = 0; steps < 32 && TryType(id, out type); steps++)
        {
            switch (type.Kind)
            {
                case BtfKind.Typedef or BtfKind.Const or BtfKind.Volatile or BtfKind.Restrict or BtfKind.TypeTag:
                    id = type.Target;
                    break;
                case BtfKind.Array when throughArrays:
                    id = BinaryPrimitives.ReadUInt32LittleEndian(type.Members);
                    break;
                default:
                    return true;
            }
        }

        type = default;
        return false;
    }

    private int? Find(BtfKind kind, ReadOnlySpan<byte> name, int from)
    {
        for (int id = from; id - FirstId < Places.Length; id++)
        {
            var type = new BtfType(_types.Span[Places[id - FirstId]..]);
            if (type.Kind == kind && Text(type.Name).SequenceEqual(name)) return id;
        }

        return null;
    }

    private (string Name, IReadOnlyList<(string Name, long Value)> Values)? Enum(int place, ReadOnlySpan<byte> word)
    {
        var type = new BtfType(_types.Span[place..]);
        if (type.Kind is not (BtfKind.Enum or BtfKind.Enum64) || Text(type.Name) is var name && name.IndexOf(word) < 0) return null;
        int size = type.Kind == BtfKind.Enum ? 8 : 12;
        var values = new List<(string, long)>(type.Count);
        for (ReadOnlySpan<byte> members = type.Members; members.Length >= size; members = members[size..])
        {
            long value = BinaryPrimitives.ReadInt32LittleEndian(members[4..]);
            if (size == 12) value = (uint)value | ((long)BinaryPrimitives.ReadInt32LittleEndian(members[8..]) << 32);
            values.Add((Encoding.ASCII.GetString(Text(BinaryPrimitives.ReadUInt32LittleEndian(members))), value));
        }

        return (Encoding.ASCII.GetString(Text(type.Name)), values);
    }

    private int[] FindPlaces()
    {
        ReadOnlySpan<byte> types = _types.Span;
        int[] places = new int[types.Length / BtfType.HeadSize];
        (int at, int count) = (0, 0);
        while (at + BtfType.HeadSize <= types.Length)
        {
            if (new BtfType(types[at..]).MembersSize is not { } size || size > types.Length - at - BtfType.HeadSize) break;
            places[count++] = at;
            at += BtfType.HeadSize + (int)size;
        }

        _isWhole = at == types.Length;
        return places[..count];
    }

    private static ReadOnlyMemory<byte>? Section(ReadOnlyMemory<byte> content, uint start, ReadOnlySpan<byte> place)
    {
        ulong from = (ulong)start + BinaryPrimitives.ReadUInt32LittleEndian(place);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(place[4..]);
        if (from + length > (ulong)content.Length) return null;
        return content.Slice((int)from, (int)length);
    }
}
