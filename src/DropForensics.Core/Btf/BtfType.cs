using System.Buffers.Binary;

namespace DropForensics.Core.Btf;

/// <summary>One type in place in the file: a header of twelve bytes, then its members.</summary>
/// <param name="bytes">From the head to the end of the section.</param>
internal readonly ref struct BtfType(ReadOnlySpan<byte> bytes)
{
    /// <summary>Bytes of the head: name, info, and size or target.</summary>
    public const int HeadSize = 12;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>Offset into the strings; 0 for a type without a name.</summary>
    public uint Name => BinaryPrimitives.ReadUInt32LittleEndian(_bytes);

    // The kernel holds the unused bits of info at zero; reading three bytes of count and seven bits of kind is the same today
    // and makes a wider kind of a later kernel unknown instead of wrong.
    public BtfKind Kind => (BtfKind)((Info >> 24) & 0x7f);

    /// <summary>Of a struct or union: each member's offset carries the width of a bitfield in its upper byte.</summary>
    public bool HasBitfields => Info >> 31 != 0;

    /// <summary>Members, values or parameters.</summary>
    public int Count => (int)(Info & 0xffffff);

    /// <summary>The type that is pointed to, renamed, qualified or, of a function, its prototype. For other kinds, the size.</summary>
    public uint Target => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[8..]);

    /// <summary>Bytes after the header; null for an unknown kind: where the next type begins is then unknown.</summary>
    public long? MembersSize => Kind switch
    {
        BtfKind.Int or BtfKind.Variable or BtfKind.DeclTag => 4,
        BtfKind.Array => 12,
        BtfKind.Struct or BtfKind.Union or BtfKind.Section or BtfKind.Enum64 => Count * 12L,
        BtfKind.Enum or BtfKind.Prototype => Count * 8L,
        >= BtfKind.Pointer and <= BtfKind.TypeTag => 0,
        _ => null,
    };

    /// <summary>The bytes after the header. Only for a type that the index found complete.</summary>
    public ReadOnlySpan<byte> Members => _bytes.Slice(HeadSize, (int)(MembersSize ?? 0));

    private uint Info => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[4..]);
}

/// <summary>What a type of BTF is (include/uapi/linux/btf.h). A number that is missing here belongs to a kernel newer than this list.</summary>
internal enum BtfKind : byte
{
    Int = 1,
    Pointer = 2,
    Array = 3,
    Struct = 4,
    Union = 5,
    Enum = 6,
    Forward = 7,
    Typedef = 8,
    Volatile = 9,
    Const = 10,
    Restrict = 11,
    Function = 12,
    Prototype = 13,
    Variable = 14,
    Section = 15,
    Float = 16,
    DeclTag = 17,
    TypeTag = 18,
    Enum64 = 19,
}
