using System.Buffers.Binary;

namespace DropForensics.Core.Events;

/// <summary>
/// An interface's name as a probe printed it: in 16 bytes of memory as two words, <c>{0x3068746576,0x0}</c> for veth0, or as text. As words its
/// length is fixed, whatever memory a wrong pointer leads to, and it can be zeroed.
/// </summary>
internal readonly struct DeviceName
{
    /// <summary>IFNAMSIZ, with the zero byte at its end (include/uapi/linux/if.h).</summary>
    public const int Size = 16;

    private readonly ulong _low;
    private readonly ulong _high;

    private DeviceName(ReadOnlySpan<byte> name)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        name.CopyTo(bytes);
        _low = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        _high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[sizeof(ulong)..]);
        Length = name.Length;
    }

    /// <summary>0 for no name.</summary>
    public int Length { get; }

    /// <summary>The name in two words, up to the first zero byte; empty if it is not a valid interface name.</summary>
    public static DeviceName FromWords(ReadOnlySpan<byte> braced)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (braced.Length < 2 || !MemoryWords.TryRead(braced[1..^1], bytes, out int length) || length < Size)
            return default;
        int end = bytes.IndexOf((byte)0);
        return end < 0 ? default : FromText(bytes[..end]);
    }

    /// <summary>A name given as text.</summary>
    public static DeviceName FromText(ReadOnlySpan<byte> name) => IsPlausible(name) ? new DeviceName(name) : default;

    /// <summary>Writes the name, at most 15 bytes.</summary>
    public void CopyTo(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[sizeof(ulong)..], _high);
        bytes[..Length].CopyTo(destination);
    }

    // net/core/dev.c, dev_valid_name.
    private static bool IsPlausible(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and < Size && !name.ContainsAnyInRange((byte)0, (byte)' ') && name.IndexOfAny("/:\x7f"u8) < 0;
}
