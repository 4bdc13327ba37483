namespace DropForensics.Core.RingPages;

/// <summary>
/// The functions of the running kernel and its modules, from /proc/kallsyms: <c>ffffffffc0a01000 t e1000_clean\t[e1000]</c>. The
/// kernel's own come first and sorted, a module's in the order of its file; of several at one address the first is the one the
/// kernel prints (kernel/kallsyms.c, kernel/module/kallsyms.c).
/// </summary>
internal sealed class SymbolTable
{
    // No kernel has a tenth of these. They end the reading of an endless file.
    private const int MostNames = 64 << 20, MostSymbols = 4 << 20;

    private readonly Symbol[] _symbols;
    private readonly int _count;
    private readonly SymbolNames _names;
    private readonly List<byte[]> _modules;
    private readonly ulong _pageBytes;

    private SymbolTable(Symbol[] symbols, int count, SymbolNames names, List<byte[]> modules, int pageBytes) =>
        (_symbols, _count, _names, _modules, _pageBytes) = (symbols, count, names, modules, (ulong)pageBytes);

    /// <summary>Null if no function has an address: they are hidden.</summary>
    /// <param name="pageBytes">Of a page of the machine: 4, 16 or 64 KiB.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SymbolTable? Load(Stream kallsyms, int pageBytes)
    {
        var loader = new SymbolLoader(MostNames, MostSymbols);
        byte[] buffer = new byte[64 * 1024];
        int kept = 0;
        while (kallsyms.Read(buffer, kept, buffer.Length - kept) is > 0 and int read)
        {
            ReadOnlySpan<byte> text = buffer.AsSpan(0, kept + read);
            while (text.IndexOf((byte)'\n') is >= 0 and int end)
            {
                loader.Add(text[..end]);
                text = text[(end + 1)..];
            }

            kept = text.Length == buffer.Length ? 0 : text.Length;
            text[..kept].CopyTo(buffer);
        }

        return loader.Finish() is { Length: > 0 } symbols ? new SymbolTable(symbols, loader.Count, loader.Names, loader.Modules, pageBytes) : null;
    }

    /// <summary>Appends <c>e1000_clean+0x296/0x6b0 [e1000]</c>, or the bare address and returns false.</summary>
    public bool Append(LineBuffer line, ulong address)
    {
        int at = IndexOf(address);
        if (at < 0 || _symbols[at].IsBoundary || End(at, address) is not { } end)
        {
            line.Append("0x"u8);
            line.AppendHex(address);
            return false;
        }

        Symbol symbol = _symbols[at];
        line.Append(_names.Of(symbol.Name));
        line.Append("+0x"u8);
        line.AppendHex(address - symbol.Address);
        line.Append("/0x"u8);
        line.AppendHex(end - symbol.Address);
        if (symbol.Module > 0)
        {
            line.Append(" ["u8);
            line.Append(_modules[symbol.Module - 1]);
            line.Append((byte)']');
        }

        return true;
    }

    // A symbol ends at the next one of its module, or of the kernel. The last one ends at the end of its page.
    private ulong? End(int at, ulong address)
    {
        Symbol symbol = _symbols[at];
        if (at + 1 < _count && _symbols[at + 1] is { IsBoundary: false } next && next.Module == symbol.Module)
            return next.Address;
        ulong end = (symbol.Address / _pageBytes + 1) * _pageBytes;
        return address < end ? end : null;
    }

    private int IndexOf(ulong address)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_symbols[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
