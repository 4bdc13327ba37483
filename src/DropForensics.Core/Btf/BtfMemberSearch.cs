using System.Buffers.Binary;

namespace DropForensics.Core.Btf;

/// <summary>Finds a member by its name, through the anonymous structs and unions that C looks through too.</summary>
internal sealed class BtfMemberSearch(BtfFile file)
{
    private const int MemberSize = 12;

    // struct net_device nests four deep; a damaged file may nest in itself.
    private const int DeepestNesting = 16;

    // The largest structs of a kernel have several hundred members; this bounds a search of a damaged file. An instance serves one search.
    private int _membersLeft = 100_000;

    /// <summary>Bytes from the start of type <paramref name="id"/>; null if a part of the path is missing or is a bitfield.</summary>
    public int? OffsetOf(uint id, ReadOnlySpan<byte> path)
    {
        ulong bits = 0;
        foreach (Range part in path.Split((byte)'.'))
        {
            if (!TryFind(id, path[part], 0, out (ulong Bits, uint Type) member)) return null;
            bits += member.Bits;
            id = member.Type;
        }

        return bits % 8 == 0 && bits / 8 <= int.MaxValue ? (int)(bits / 8) : null;
    }

    private bool TryFind(uint id, ReadOnlySpan<byte> name, int depth, out (ulong Bits, uint Type) found)
    {
        found = default;
        if (depth > DeepestNesting || !file.TryResolve(id, throughArrays: depth == 0, out BtfType type)) return false;
        if (type.Kind is not (BtfKind.Struct or BtfKind.Union)) return false;
        for (ReadOnlySpan<byte> members = type.Members; members.Length >= MemberSize && _membersLeft-- > 0; members = members[MemberSize..])
        {
            ReadOnlySpan<byte> own = file.Text(BinaryPrimitives.ReadUInt32LittleEndian(members));
            uint target = BinaryPrimitives.ReadUInt32LittleEndian(members[4..]);
            uint offset = BinaryPrimitives.ReadUInt32LittleEndian(members[8..]);
            uint width = type.HasBitfields ? offset >> 24 : 0;
            if (type.HasBitfields) offset &= 0xffffff;
            if (own.IsEmpty)
            {
                if (!TryFind(target, name, depth + 1, out found)) continue;
                found.Bits += offset;
                return true;
            }

            if (!own.SequenceEqual(name)) continue;
            found = (offset, target);
            return width == 0 && !IsPartOfAnInt(target);
        }

        return false;
    }

    // Before kind_flag (4.20) a bitfield was a type of its own: an int of fewer bits than its bytes hold, or shifted in them.
    private bool IsPartOfAnInt(uint id) =>
        file.TryResolve(id, throughArrays: true, out BtfType type) && type.Kind == BtfKind.Int
        && (BinaryPrimitives.ReadUInt32LittleEndian(type.Members) & 0xffffff) != type.Target * 8;
}
