namespace DropForensics.Core.RingPages;

/// <summary>
/// Addresses as trace text prints them. The table is read when it is first needed, and again when an address lies in no function, but
/// not often: a module may have come.
/// </summary>
/// <param name="open">Opens /proc/kallsyms.</param>
internal sealed class KernelSymbols(Func<Stream?> open)
{
    private const long RestMs = 10_000;
    private const int MostTexts = 64 * 1024;

    // A new trampoline each second is no reason to read 10 MB each time.
    private const int MostLoads = 100;

    private readonly Dictionary<ulong, byte[]> _texts = [];
    private readonly LineBuffer _text = new(1024);
    private SymbolTable? _table;
    private long _loadedAt = long.MinValue / 2;
    private int _loads;

    /// <summary>Counts readings of the table: what was rendered with an older one may be known better now.</summary>
    public int Generation => _loads;

    /// <summary>Reads the table if that was not done yet.</summary>
    /// <returns>False where it cannot be read, or hides its addresses.</returns>
    public bool TryLoad() => _table is not null || Load();

    /// <summary><c>e1000_clean+0x296/0x6b0 [e1000]</c>, or the bare address.</summary>
    public ReadOnlySpan<byte> Of(ulong address)
    {
        if (_texts.TryGetValue(address, out byte[]? known))
            return known;
        TryLoad();
        _text.Clear();
        if (!Append(address) && Environment.TickCount64 - _loadedAt >= RestMs && _loads < MostLoads && Load())
        {
            _text.Clear();
            Append(address);
        }

        if (_texts.Count >= MostTexts)
            _texts.Clear();
        return _texts[address] = _text.Written.ToArray();
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
        _loadedAt = Environment.TickCount64;
        _loads++;
        try
        {
            using Stream? file = open();
            if (file is null || SymbolTable.Load(file) is not { } table)
                return false;
            _table = table;
            _texts.Clear();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
