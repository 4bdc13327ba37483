using System.Text;

namespace DropForensics.Analyze.Redact;

/// <summary>Replaces each identifying value by a token; within one redaction the same value always gets the same token.</summary>
internal sealed class Tokens
{
    // Past this number the tables are emptied; the tokens stay the same.
    private const int MaxKnown = 1 << 16;

    private const string Digits = "abcdefghijklmnopqrstuvwxyz234567";
    private const byte CommDomain = 10, InterfaceDomain = 11, HostDomain = 12, BootDomain = 13;

    private readonly KeyedPermutation _keyed;
    private readonly AddressTokens _addresses;
    private readonly Dictionary<uint, uint> _ipv4 = [];
    private readonly Dictionary<UInt128, UInt128> _ipv6 = [];
    private readonly Dictionary<ulong, ulong> _macs = [];

    /// <param name="key">32 random bytes that are not kept.</param>
    public Tokens(ReadOnlySpan<byte> key)
    {
        _keyed = new KeyedPermutation(key);
        _addresses = new AddressTokens(_keyed);
    }

    /// <summary>A task's name: <c>task2hx7m4qk</c>. The kernel's placeholder for an unknown name, and the idle task's name, stay.</summary>
    public string Comm(ReadOnlySpan<byte> comm) =>
        comm.IsEmpty || comm.SequenceEqual("<...>"u8) || comm.SequenceEqual("<idle>"u8) || IsIdle(comm)
            ? Encoding.ASCII.GetString(comm) : "task" + Name(CommDomain, comm);

    /// <summary>An interface's name: <c>if2hx7m4qk</c>; <c>lo</c> stays.</summary>
    public string Interface(ReadOnlySpan<byte> name) => name.SequenceEqual("lo"u8) ? "lo" : "if" + Name(InterfaceDomain, name);

    /// <summary>A host's name: <c>host2hx7m4qk</c>.</summary>
    public string Host(string name) => "host" + Name(HostDomain, Encoding.UTF8.GetBytes(name));

    /// <summary>A boot's id, in the form of one.</summary>
    public string BootId(string id)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, _keyed.Hash(BootDomain, Encoding.UTF8.GetBytes(id)));
        return new Guid(bytes).ToString();
    }

    /// <summary>An IPv4 address, another one of the same kind.</summary>
    public uint Ipv4(uint address) => Known(_ipv4, address, _addresses.Ipv4);

    /// <summary>An IPv6 address, another one of the same kind.</summary>
    public UInt128 Ipv6(UInt128 address) => Known(_ipv6, address, _addresses.Ipv6);

    /// <summary>An Ethernet address, in the lowest 48 bits.</summary>
    public ulong Mac(ulong address) => Known(_macs, address, _addresses.Mac);

    private static T Known<T>(Dictionary<T, T> known, T value, Func<T, T> make) where T : notnull
    {
        if (known.TryGetValue(value, out T? token)) return token;
        if (known.Count == MaxKnown) known.Clear();
        known.Add(value, token = make(value));
        return token;
    }

    // Eight digits of 5 bits.
    private string Name(byte domain, ReadOnlySpan<byte> value)
    {
        ulong bits = (ulong)_keyed.Hash(domain, value);
        return string.Create(8, bits, static (name, rest) =>
        {
            for (int i = 0; i < name.Length; i++, rest >>= 5) name[i] = Digits[(int)(rest & 31)];
        });
    }

    // "swapper/3": the idle task's name where <idle> is not printed for it.
    private static bool IsIdle(ReadOnlySpan<byte> comm) => comm.StartsWith("swapper/"u8) && !comm[8..].ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
