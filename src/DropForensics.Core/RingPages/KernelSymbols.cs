namespace DropForensics.Core.RingPages;

/// <summary>
/// Addresses as trace text prints them. The symbol table is read on first use. An address outside every function is printed bare. The table is then
/// read again if a module now covers that address; for other generated code (a bpf program; trampolines are not listed) at most every ten seconds.
/// </summary>
/// <param name="open">Opens /proc/kallsyms: 10 MB, a tenth of a second.</param>
/// <param name="readModules">Reads /proc/modules; null if it cannot be read.</param>
/// <param name="pageBytes">Of a page of the machine.</param>
/// <param name="now">Milliseconds that only grow.</param>
internal sealed class KernelSymbols(Func<Stream?> open, Func<byte[]?> readModules, int pageBytes, Func<long> now)
{
    private const long RestMs = 10_000, RefreshMs = 1_000, ModulesRestMs = 100;
    private const int MostTexts = 64 * 1024, MostBare = 1024;

    // A new trampoline each second is no reason to read 10 MB each time.
    private const int MostLoads = 100;

    private readonly Dictionary<ulong, byte[]> _texts = [];

    // Addresses printed bare since the table was read; and those that a later table did not have either.
    private readonly HashSet<ulong> _bare = [], _nameless = [];
    private readonly LineBuffer _text = new(1024);
    private SymbolTable? _table;
    private long _loadedAt = long.MinValue / 2, _lookedAt = long.MinValue / 2;
    private int _loads;

    /// <summary>Number of reads of the table: text rendered with an older one may be outdated.</summary>
    public int Generation => _loads;

    /// <summary>Reads the table unless it was read before.</summary>
    /// <returns>False if it cannot be read or hides its addresses.</returns>
    public bool TryLoad() => _table is not null || Load();

    /// <summary>Checks whether a bare address now belongs to a module; call it once for each page.</summary>
    public void Refresh()
    {
        if (_bare.Count > 0 && now() - _lookedAt >= RefreshMs)
            LoadIfModuleCame();
    }

    /// <summary><c>e1000_clean+0x296/0x6b0 [e1000]</c>, or the bare address.</summary>
    public ReadOnlySpan<byte> Of(ulong address)
    {
        if (_texts.TryGetValue(address, out byte[]? known))
            return known;
        TryLoad();
        if (!Write(address) && !_nameless.Contains(address))
        {
            if (_bare.Count < MostBare)
                _bare.Add(address);
            if (now() - _lookedAt >= ModulesRestMs)
                LoadIfModuleCame();
            if (_bare.Contains(address) && now() - _loadedAt >= RestMs)
                LoadAgain();
            Write(address);
        }

        if (_texts.Count >= MostTexts)
            _texts.Clear();
        return _texts[address] = _text.Written.ToArray();
    }

    private void LoadIfModuleCame()
    {
        _lookedAt = now();
        if (ModuleRanges.HoldAny(readModules(), _bare))
            LoadAgain();
    }

    // If a new table does not have it either, no later one will.
    private void LoadAgain()
    {
        ulong[] unknown = [.. _bare];
        if (_loads >= MostLoads || !Load())
            return;
        foreach (ulong address in unknown)
        {
            if (!Write(address) && _nameless.Count < MostTexts)
                _nameless.Add(address);
        }
    }

    private bool Write(ulong address)
    {
        _text.Clear();
        return Append(address);
    }

    private bool Append(ulong address)
    {
        if (_table is not null)
            return _table.Append(_text, address);
        _text.Append("0x"u8);
        _text.AppendHex(address);
        return false;
    }

    private bool Load()
    {
        _loadedAt = now();
        _loads++;
        try
        {
            using Stream? file = open();
            if (file is null || SymbolTable.Load(file, pageBytes) is not { } table)
                return false;
            _table = table;
            _texts.Clear();
            _bare.Clear();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
