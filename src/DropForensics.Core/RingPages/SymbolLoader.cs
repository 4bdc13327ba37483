using DropForensics.Core.Text;

namespace DropForensics.Core.RingPages;

/// <summary>Collects symbols from the lines of /proc/kallsyms.</summary>
/// <param name="mostNames">Limit for the bytes of names.</param>
/// <param name="mostSymbols">Limit for symbols.</param>
internal sealed class SymbolLoader(int mostNames, int mostSymbols)
{
    // KSYM_NAME_LEN is 512.
    private const int BlockSymbols = 4096, MostNameBytes = 4096;

    private readonly List<Symbol[]> _blocks = [];
    private int _count;
    private bool _anyAddress;

    public SymbolNames Names { get; } = new();

    public List<byte[]> Modules { get; } = [];

    /// <summary>Takes one line without its newline; skips lines without a symbol.</summary>
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

        // The kernel lists trampolines but does not look them up, and does not list the end of a bpf program.
        Keep(address, name, module, isBoundary: !isText || module.StartsWith("__builtin__"u8) || module.SequenceEqual("bpf"u8));
    }

    /// <summary>How many of the symbols given by <see cref="Finish"/> count; later ones are unused.</summary>
    public int Count { get; private set; }

    /// <summary>Sorted, one for each address. Empty where all addresses are hidden.</summary>
    public Symbol[] Finish()
    {
        if (!_anyAddress)
            return [];
        Symbol[] symbols = GC.AllocateUninitializedArray<Symbol>(_count);
        for (int i = 0; i < _count; i++)
            symbols[i] = _blocks[i / BlockSymbols][i % BlockSymbols];
        Array.Sort(symbols);
        int kept = 0;
        foreach (Symbol symbol in symbols)
        {
            if (kept == 0 || symbols[kept - 1].Address != symbol.Address)
                symbols[kept++] = symbol;
        }

        Count = kept;
        return symbols;
    }

    private void Keep(ulong address, ReadOnlySpan<byte> name, ReadOnlySpan<byte> module, bool isBoundary)
    {
        if (_count == mostSymbols || Names.Length >= mostNames || name.Length > MostNameBytes)
            return;
        if (_count % BlockSymbols == 0)
            _blocks.Add(new Symbol[BlockSymbols]);
        _blocks[^1][_count++ % BlockSymbols] = new Symbol(address, Names.Add(isBoundary ? default : name), ModuleNumber(module), isBoundary);
    }

    // A module's symbols are adjacent.
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
