using System.Buffers.Binary;
using System.Net;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.Rules;

/// <summary>What a flower filter matches, in the words of the program tc, as far as its keys are known here (TCA_FLOWER_…, include/uapi/linux/pkt_cls.h).</summary>
internal static class FlowerText
{
    // No keys: the class, the actions, the EtherType (the filter has it as its protocol), and how hardware takes part.
    private static readonly int[] NoKeys = [1, 3, 8, 22, 86];

    // The attribute of the key, its name, and the attribute of its mask; 0: it has none.
    private static readonly (int Key, string Name, int Mask)[] Keys =
    [
        (2, "indev", 0), (4, "dst_mac", 5), (6, "src_mac", 7), (9, "ip_proto", 0), (10, "src_ip", 11), (12, "dst_ip", 13), (14, "src_ip", 15), (16, "dst_ip", 17),
        (18, "src_port", 35), (19, "dst_port", 36), (20, "src_port", 37), (21, "dst_port", 38), (41, "src_port", 39), (42, "dst_port", 40), (23, "vlan_id", 0),
    ];

    /// <returns>With an ellipsis where it matches more than is known; null where it matches every packet of its protocol.</returns>
    public static string? Of(ReadOnlySpan<byte> options)
    {
        List<string> words = [];
        bool isMore = false;
        for (ReadOnlySpan<byte> rest = options; RouteNetlink.NextAttribute(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            (int Key, string Name, int Mask) key = Array.Find(Keys, each => each.Key == type);
            if (key.Name is not null) words.Add($"{key.Name} {Value(key.Name, value)}{MaskOf(key.Name, key.Mask == 0 ? [] : NfTables.Find(options, key.Mask))}");
            else isMore |= !NoKeys.Contains(type) && !Array.Exists(Keys, each => each.Mask == type);
        }

        if (isMore) words.Add("…");
        return words.Count == 0 ? null : string.Join(' ', words);
    }

    private static string Value(string name, ReadOnlySpan<byte> value) => name switch
    {
        "indev" => RouteNetlink.Text(value),
        "dst_mac" or "src_mac" => string.Join(':', Convert.ToHexStringLower(value).Chunk(2).Select(pair => new string(pair))),
        "src_ip" or "dst_ip" when value.Length is 4 or 16 => new IPAddress(value).ToString(),
        "ip_proto" when value.Length == 1 => RuleContext.Protocol(value[0]),
        "vlan_id" when BinaryPrimitives.TryReadUInt16LittleEndian(value, out ushort id) => $"{id}",   // the kernel sends it in the host's order
        _ when BinaryPrimitives.TryReadUInt16BigEndian(value, out ushort port) => $"{port}",
        _ => Convert.ToHexStringLower(value),
    };

    // Of an address its prefix, where it is one; of anything else the mask. One that leaves nothing out is not written.
    private static string MaskOf(string name, ReadOnlySpan<byte> mask)
    {
        if (mask.IndexOfAnyExcept((byte)0xff) < 0) return "";
        int bits = 0;
        while (bits < mask.Length * 8 && (mask[bits / 8] >> (7 - (bits % 8)) & 1) != 0) bits++;
        bool isPrefix = mask[(bits / 8)..] is [var first, .. var others] && (byte)(first << (bits % 8)) == 0 && others.IndexOfAnyExcept((byte)0) < 0;
        return name.EndsWith("_ip", StringComparison.Ordinal) && isPrefix ? $"/{bits}" : $"/0x{Convert.ToHexStringLower(mask)}";
    }
}
