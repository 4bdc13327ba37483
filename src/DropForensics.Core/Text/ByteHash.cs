using System.Numerics;
using System.Runtime.InteropServices;

namespace DropForensics.Core.Text;

/// <summary>
/// A fast 64-bit hash of bytes for tables of this process: four lanes that multiply and rotate, 32 bytes a step, with nothing that a program
/// compiled for any x86-64 does in software (Math.BigMul, without BMI2). Seeded for each process, since a comm is chosen by whoever likes
/// to; never stored.
/// </summary>
internal static class ByteHash
{
    // Odd, with bits set all over.
    private const ulong A = 0xa0761d6478bd642f, B = 0xe7037ed1a0b428db, C = 0x8ebc6af09c88c6e3, D = 0x589965cc75374cc3;

    private static readonly ulong Seed = (ulong)HashCode.Combine(1) << 32 | (uint)HashCode.Combine(2);

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong a = Seed ^ (ulong)bytes.Length, b = a ^ A, c = a ^ B, d = a ^ C;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes[..^(bytes.Length % 32)]);
        for (; words.Length >= 4; words = words[4..])
        {
            a = Mix(a ^ words[0], A);
            b = Mix(b ^ words[1], B);
            c = Mix(c ^ words[2], C);
            d = Mix(d ^ words[3], D);
        }

        Span<ulong> tail = stackalloc ulong[4];
        tail.Clear();
        bytes[^(bytes.Length % 32)..].CopyTo(MemoryMarshal.AsBytes(tail));
        a = Mix(a ^ tail[0], A);
        b = Mix(b ^ tail[1], B);
        c = Mix(c ^ tail[2], C);
        d = Mix(d ^ tail[3], D);
        ulong all = Mix(Mix(a + BitOperations.RotateLeft(b, 7), B) + Mix(c + BitOperations.RotateLeft(d, 7), D), A);
        return all ^ all >> 32;
    }

    // A product's low bits depend on few of a word's, its high bits on all.
    private static ulong Mix(ulong value, ulong factor) => BitOperations.RotateLeft(value * factor, 31) * D;
}
