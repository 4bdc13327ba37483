namespace DropForensics.Core.Btf;

/// <summary>What a type of BTF is (include/uapi/linux/btf.h). A number that is not here is of a kernel newer than this list.</summary>
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
