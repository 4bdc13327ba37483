using DropForensics.Core.Tracefs;

namespace DropForensics.Core.RingPages;

/// <summary>Collects symbols from the lines of /proc/kallsyms.</summary>
/// <param name="mostNames">Bytes of names kept.</param>
/// <param name="mostSymbols">Symbols kept.</param>
internal sealed class SymbolLoader(int mostNames, int mostSymbols)
{
    private Symbol[] _symbols = new Symbol[64 * 1024];
    private byte[] _names = new byte[1 << 20];
    private int _count, _nameBytes;
    private bool _anyAddress;

    public byte[] Names => _names;

    public List<byte[]> Modules { get; } = [];

    /// <summary>Takes one line, without its end. What is no symbol is left out.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        // "ffffffff81000000 T _stext", "ffffffffc0a01000 t e1000_clean\t[e1000]"
        int blank = line.IndexOf((byte)' ');
        if (blank < 1 || line.Length < blank + 4 || !AsciiNumber.TryHex(line[..blank], out ulong address))
            return;
        _anyAddress |= address != 0;
        ReadOnlySpan<byte> name = line[(blank + 3)..];
        int tab = name.IndexOf((byte)'\t');
        ReadOnlySpan<byte> module = tab >= 0 ? name[(tab + 1)..].Trim("[]"u8) : default;
        name = tab >= 0 ? name[..tab] : name;
        bool isText = line[blank + 1] is (byte)'t' or (byte)'T' or (byte)'w' or (byte)'W';

        // Data of the kernel itself lies outside its text. A module's may follow its text.
        if (!isText && module.IsEmpty)
            return;

        // Trampolines are listed but not looked up, and a bpf program's end is not listed.
        Keep(address, name, module, isBoundary: !isText || module.StartsWith("__builtin__"u8) || module.SequenceEqual("bpf"u8));
    }

    /// <summary>Sorted, one for each address. Empty where all addresses are hidden.</summary>
    public Symbol[] Finish()
    {
        if (!_anyAddress)
            return [];
        Span<Symbol> all = _symbols.AsSpan(0, _count);
        all.Sort();
        int kept = 0;
        for (int i = 0; i < all.Length; i++)
        {
            if (kept == 0 || all[kept - 1].Address != all[i].Address)
                all[kept++] = all[i];
        }

        Array.Resize(ref _names, _nameBytes);
        return all[..kept].ToArray();
    }

    private void Keep(ulong address, ReadOnlySpan<byte> name, ReadOnlySpan<byte> module, bool isBoundary)
    {
        if (_count == mostSymbols || _nameBytes + name.Length + 1 > mostNames)
            return;
        if (_count == _symbols.Length)
            Array.Resize(ref _symbols, _count * 2);
        _symbols[_count++] = new Symbol(address, _nameBytes, ModuleNumber(module), isBoundary);
        if (isBoundary)
            return;
        if (_nameBytes + name.Length + 1 > _names.Length)
            Array.Resize(ref _names, _names.Length * 2);
        name.CopyTo(_names.AsSpan(_nameBytes));
        _nameBytes += name.Length;
        _names[_nameBytes++] = (byte)'\n';
    }

    // A module's symbols stand together.
    private ushort ModuleNumber(ReadOnlySpan<byte> module)
    {
        if (module.IsEmpty)
            return 0;
        if (Modules.Count == 0 || !module.SequenceEqual(Modules[^1]))
        {
            if (Modules.Count == ushort.MaxValue)
                return ushort.MaxValue;
            Modules.Add(module.ToArray());
        }

        return (ushort)Modules.Count;
    }
}
