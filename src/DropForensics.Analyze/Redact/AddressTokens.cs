using System.Buffers.Binary;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Redact;

/// <summary>
/// Replaces an address by another one of the same kind, because the kind decides what the kernel does with it. Loopback, unspecified, broadcast and
/// the groups and addresses that protocols themselves use reveal nothing about a host and stay. Which addresses were neighbours or in the same network is
/// no longer visible.
/// </summary>
internal sealed class AddressTokens(KeyedPermutation keyed)
{
    private const byte Ipv4Domain = 4, Ipv6Domain = 6, MacDomain = 2;

    // Kinds of IPv4 addresses by their first bits (IANA's special-purpose registry); every other address is one kind.
    private static readonly (uint Prefix, int Bits)[] Ipv4Kinds =
    [
        (0x0a000000, 8), (0x64400000, 10), (0xa9fe0000, 16), (0xac100000, 12), (0xc0a80000, 16), (0xe0000000, 4), (0xf0000000, 4),
    ];

    /// <summary>An IPv4 address.</summary>
    public uint Ipv4(uint address)
    {
        if (IsKept(address)) return address;
        (uint prefix, int bits) = KindOf(address);
        uint token = address;
        do
        {
            // A token of another kind, or an address that is kept, is permuted again: still one token for each address.
            uint rest = (uint)keyed.Permute(Ipv4Domain, token & (uint)((1UL << (32 - bits)) - 1), 32 - bits);
            token = prefix | rest;
        }
        while (IsKept(token) || KindOf(token) != (prefix, bits));
        return token;
    }

    /// <summary>An IPv6 address.</summary>
    public UInt128 Ipv6(UInt128 address)
    {
        UInt128 low32 = address & uint.MaxValue, high96 = address >> 32;
        if (address <= 1) return address;
        if (high96 == 0xffff || high96 == (UInt128)0x64ff9b << 64) return high96 << 32 | Ipv4((uint)low32); // an IPv4 address within
        if (address >> 120 == 0xff) return Group(address);
        if (address >> 118 == 0x3fa) return Keep(address, 64); // fe80::/10, link-local: the interface's part changes
        if (address >> 121 == 0x7e) return Keep(address, 8);   // fc00::/7, unique local: what tells fc from fd stays
        return Keep(address, 3);                               // 2000::/3 is all that is global
    }

    /// <summary>An Ethernet address, in the lowest 48 bits.</summary>
    public ulong Mac(ulong address)
    {
        if (address is 0 or 0xffff_ffff_ffff || address >> 8 == 0x0180c2000000 >> 8) return address;
        return (address >> 24, address >> 32) switch
        {
            (0x01005e, _) => Fixed(address, 23, address & 0x7fffff, 0x100), // of an IPv4 group: its lowest 23 bits
            (_, 0x3333) => Fixed(address, 32, address & uint.MaxValue, 0x10000), // of an IPv6 group: its lowest 32 bits
            _ => Unicast(address),
        };
    }

    // Multicast groups with small numbers are of protocols and stay: ff02::1, ff02::fb. In ff02::1:ffxx:xxxx the end is that of a host's address.
    private UInt128 Group(UInt128 address)
    {
        UInt128 group = address & ((UInt128.One << 112) - 1);
        if (group < 0x10000) return address;
        return group >> 24 == 0x1ff ? Keep(address, 104) : Keep(address, 16);
    }

    private UInt128 Keep(UInt128 address, int bits)
    {
        UInt128 mask = (UInt128.One << (128 - bits)) - 1;
        return (address & ~mask) | keyed.Permute(Ipv6Domain, address & mask, 128 - bits);
    }

    private ulong Fixed(ulong address, int bits, ulong group, ulong leastOwn) =>
        group < leastOwn ? address : (address >> bits << bits) | (ulong)keyed.Permute(MacDomain, address & ((1UL << bits) - 1), bits);

    // The bits for group and locally administered stay.
    private ulong Unicast(ulong address)
    {
        ulong flags = address & 0x0300_0000_0000, first = address >> 42 << 40, rest = address & 0xff_ffff_ffff;
        ulong token = (ulong)keyed.Permute(MacDomain, first | rest, 46);
        return token >> 40 << 42 | flags | (token & 0xff_ffff_ffff);
    }

    private static bool IsKept(uint address) => address is 0 or uint.MaxValue || address >> 24 == 127 || address >> 8 == 0xe00000;

    private static (uint Prefix, int Bits) KindOf(uint address)
    {
        foreach ((uint prefix, int bits) in Ipv4Kinds)
        {
            if (address >> (32 - bits) == prefix >> (32 - bits)) return (prefix, bits);
        }

        return (0, 0);
    }
}

/// <summary>
/// Keyed functions: a hash, and permutations of numbers of any width, so that different values get different tokens without a table. Without the key
/// nobody can reverse them, or try values.
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

    /// <summary>A permutation of the numbers of a width: different numbers get different results (a Feistel network).</summary>
    /// <param name="domain">Keeps uses of the same numbers apart.</param>
    /// <param name="bits">Width of the numbers, 2 to 126.</param>
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
