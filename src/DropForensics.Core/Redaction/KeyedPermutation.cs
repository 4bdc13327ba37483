using System.Buffers.Binary;
using DropForensics.Core.Store;

namespace DropForensics.Core.Redaction;

/// <summary>
/// Keyed functions: a hash, and permutations of numbers of any width, so that different values get different tokens without a table. Without the key
/// nobody can reverse them or try values.
/// </summary>
internal sealed class KeyedPermutation
{
    private const int KeyBytes = 32;
    private const int Rounds = 8;

    private readonly byte[] _key;

    /// <param name="key">32 random bytes.</param>
    public KeyedPermutation(ReadOnlySpan<byte> key)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyBytes, nameof(key));
        _key = key.ToArray();
    }

    /// <summary>The first 16 bytes of a hash of key, domain and value.</summary>
    public UInt128 Hash(byte domain, ReadOnlySpan<byte> value)
    {
        byte[] input = new byte[KeyBytes + 1 + value.Length];
        _key.CopyTo(input, 0);
        input[KeyBytes] = domain;
        value.CopyTo(input.AsSpan(KeyBytes + 1));
        Span<byte> digest = stackalloc byte[Sha256.Size];
        Sha256.Hash(input, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>Another number of the same width, a different one for each: a Feistel network.</summary>
    /// <param name="domain">Keeps uses of the same numbers apart.</param>
    /// <param name="bits">2 to 126.</param>
    public UInt128 Permute(byte domain, UInt128 value, int bits)
    {
        int low = bits / 2, high = bits - low;
        UInt128 lowMask = (UInt128.One << low) - 1, highMask = (UInt128.One << high) - 1;
        UInt128 left = value >> low, right = value & lowMask;
        for (int round = 0; round < Rounds; round += 2)
        {
            left ^= Round(domain, round, bits, right) & highMask;
            right ^= Round(domain, round + 1, bits, left) & lowMask;
        }

        return (left << low) | right;
    }

    private UInt128 Round(byte domain, int round, int bits, UInt128 half)
    {
        Span<byte> input = stackalloc byte[18];
        (input[0], input[1]) = ((byte)round, (byte)bits);
        BinaryPrimitives.WriteUInt128BigEndian(input[2..], half);
        return Hash(domain, input);
    }
}
