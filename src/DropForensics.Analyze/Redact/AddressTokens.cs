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
        (0x0a000000, 8), (0xac100000, 12), (0xc0a80000, 16), // private: 10/8, 172.16/12, 192.168/16
        (0x64400000, 10), // 100.64/10, shared behind a provider's NAT
        (0xa9fe0000, 16), // 169.254/16, link-local
        (0xe0000000, 4), // 224/4, multicast
        (0xf0000000, 4), // 240/4, reserved
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
        bool isUnspecifiedOrLoopback = address <= 1; // :: and ::1
        bool holdsIpv4 = StartsWith(address, 0xffff, 96) || StartsWith(address, (UInt128)0x64ff9b << 64, 96); // ::ffff:0:0/96, 64:ff9b::/96
        bool isMulticast = StartsWith(address, 0xff, 8); // ff00::/8
        bool isLinkLocal = StartsWith(address, 0xfe80 >> 6, 10); // fe80::/10
        bool isUniqueLocal = StartsWith(address, 0xfc00 >> 9, 7); // fc00::/7
        return isUnspecifiedOrLoopback ? address
            : holdsIpv4 ? address >> 32 << 32 | Ipv4((uint)(address & uint.MaxValue))
            : isMulticast ? Group(address)
            : isLinkLocal ? Keep(address, 64) // only the interface's part changes
            : isUniqueLocal ? Keep(address, 8) // fc stays fc, fd stays fd
            : Keep(address, 3); // 2000::/3, global
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

    private static bool StartsWith(UInt128 address, UInt128 prefix, int bits) => address >> (128 - bits) == prefix;

    // Permutes all but the first bits.
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
