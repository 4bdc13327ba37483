using System.Buffers.Binary;
using System.Text;

namespace DropForensics.Core.Btf;

/// <summary>A function as the kernel's type information has it.</summary>
/// <param name="Name">The symbol.</param>
/// <param name="Parameters">Names in order, <c>""</c> for one without; the <c>...</c> of a variadic function does not count.</param>
/// <param name="SkbPosition">Which parameter, counted from 1 as <c>$argN</c> does, is the first <c>struct sk_buff *</c>; null where none
/// is.</param>
public sealed record BtfFunction(string Name, IReadOnlyList<string> Parameters, int? SkbPosition)
{
    private const int ParameterSize = 8;

    internal static BtfFunction? Read(BtfFile file, string name, uint id)
    {
        if (!file.TryType(id, out BtfType function) || !file.TryType(function.Target, out BtfType prototype)) return null;
        if (prototype.Kind != BtfKind.Prototype) return null;
        var names = new List<string>(prototype.Count);
        int? position = null;
        for (ReadOnlySpan<byte> rest = prototype.Members; rest.Length >= ParameterSize; rest = rest[ParameterSize..])
        {
            uint target = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (target == 0) break;
            names.Add(Encoding.ASCII.GetString(file.Text(BinaryPrimitives.ReadUInt32LittleEndian(rest))));
            if (position is null && IsSkb(file, target)) position = names.Count;
        }

        return new BtfFunction(name, names, position);
    }

    // A file of types that only ever points to packets has a forward declaration of the struct.
    private static bool IsSkb(BtfFile file, uint id) =>
        file.TryResolve(id, throughArrays: false, out BtfType pointer) && pointer.Kind == BtfKind.Pointer
        && file.TryResolve(pointer.Target, throughArrays: false, out BtfType target)
        && target.Kind is BtfKind.Struct or BtfKind.Forward
        && file.Text(target.Name).SequenceEqual("sk_buff"u8);
}
