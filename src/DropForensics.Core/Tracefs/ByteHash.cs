using System.Numerics;
using System.Runtime.InteropServices;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// A fast 64-bit hash of bytes for tables of this process: folded 64 × 64 bit products, 32 bytes a step. Seeded for each
/// process, since a comm is chosen by whoever likes to; never stored.
/// </summary>
internal static class ByteHash
{
    private const ulong A = 0xa0761d6478bd642f, B = 0xe7037ed1a0b428db;

    private static readonly ulong Seed = (ulong)HashCode.Combine(1) << 32 | (uint)HashCode.Combine(2);

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong left = Seed ^ (ulong)bytes.Length, right = left ^ A;
        while (bytes.Length >= 32)
        {
            ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes[..32]);
            left = Fold(words[0] ^ A, words[1] ^ left);
            right = Fold(words[2] ^ B, words[3] ^ right);
            bytes = bytes[32..];
        }
        Span<ulong> tail = stackalloc ulong[4];
        tail.Clear();
        bytes.CopyTo(MemoryMarshal.AsBytes(tail));
        left = Fold(tail[0] ^ A, tail[1] ^ left);
        right = Fold(tail[2] ^ B, tail[3] ^ right);
        return Fold(left ^ B, BitOperations.RotateLeft(right, 32) ^ A);
    }

    private static ulong Fold(ulong a, ulong b) => Math.BigMul(a, b, out ulong low) ^ low;
}
