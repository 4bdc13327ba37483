using System.Buffers.Binary;
using System.Text;

namespace DropForensics.Tests.TestKit;

/// <summary>Makes BTF type by type; each call gives the type's number. A module's go on where those of the kernel's writer end.</summary>
internal sealed class BtfWriter(BtfWriter? kernel = null)
{
    public const uint Void = 0;

    private readonly List<byte> _types = [];
    private readonly List<byte> _text = kernel is null ? [0] : [];
    private uint _count;

    private uint FirstId => kernel is null ? 1 : kernel.FirstId + kernel._count;

    private uint FirstText => kernel is null ? 0 : kernel.FirstText + (uint)kernel._text.Count;

    public uint Int(string name, uint bytes, uint bits = 0) => Add(name, 1, 0, bytes, bits == 0 ? bytes * 8 : bits);

    public uint Pointer(uint target) => Add("", 2, 0, target);

    public uint Array(uint element, uint length) => Add("", 3, 0, 0, element, 1, length);

    public uint Struct(string name, params (string Name, uint Type, uint Bits)[] members) => Composite(4, name, false, members);

    public uint Union(string name, params (string Name, uint Type, uint Bits)[] members) => Composite(5, name, false, members);

    /// <summary>Offsets carry the width of a bitfield in their upper byte: <c>width &lt;&lt; 24 | offset</c>.</summary>
    public uint StructWithBitfields(string name, params (string Name, uint Type, uint Bits)[] members) => Composite(4, name, true, members);

    public uint Enum(string name, params (string Name, long Value)[] values) =>
        Add(name, 6, (uint)values.Length, 4, [.. values.SelectMany(value => new[] { Text(value.Name), (uint)value.Value })]);

    public uint Enum64(string name, params (string Name, long Value)[] values) =>
        Add(name, 19, (uint)values.Length, 8, [.. values.SelectMany(value =>
            new[] { Text(value.Name), (uint)value.Value, (uint)(value.Value >> 32) })]);

    public uint Forward(string name) => Add(name, 7, 0, 0);

    public uint Typedef(string name, uint target) => Add(name, 8, 0, target);

    public uint Volatile(uint target) => Add("", 9, 0, target);

    public uint Const(uint target) => Add("", 10, 0, target);

    public uint Function(string name, params (string Name, uint Type)[] parameters)
    {
        var prototype = Add("", 13, (uint)parameters.Length, 0, [.. parameters.SelectMany(each => new[] { Text(each.Name), each.Type })]);
        return Add(name, 12, 1, prototype);
    }

    /// <summary>A type of any kind, known or not.</summary>
    public uint Add(string name, uint kind, uint count, uint sizeOrTarget, params uint[] members)
    {
        Write(Text(name), (kind << 24) | count, sizeOrTarget);
        Write(members);
        return FirstId + _count++;
    }

    public byte[] ToArray()
    {
        var header = new byte[24];
        (header[0], header[1], header[2]) = (0x9f, 0xeb, 1);
        uint[] words = [24, 0, (uint)_types.Count, (uint)_types.Count, (uint)_text.Count];
        for (var i = 0; i < words.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(4 + 4 * i), words[i]);
        return [.. header, .. _types, .. _text];
    }

    private uint Composite(uint kind, string name, bool bitfields, (string Name, uint Type, uint Bits)[] members) =>
        Add(name, kind | (bitfields ? 0x80u : 0), (uint)members.Length, 0, [.. members.SelectMany(each =>
            new[] { Text(each.Name), each.Type, each.Bits })]);

    private uint Text(string text)
    {
        if (text.Length == 0) return 0;
        var at = FirstText + (uint)_text.Count;
        _text.AddRange(Encoding.ASCII.GetBytes(text + "\0"));
        return at;
    }

    private void Write(params uint[] words)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var word in words)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes, word);
            _types.AddRange(bytes);
        }
    }
}
