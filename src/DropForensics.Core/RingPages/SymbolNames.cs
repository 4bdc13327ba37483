namespace DropForensics.Core.RingPages;

/// <summary>Many short names in blocks, so that growing never copies them.</summary>
internal sealed class SymbolNames
{
    private const int BlockBits = 16;

    private readonly List<byte[]> _blocks = [];
    private int _used = 1 << BlockBits;

    /// <summary>Bytes held.</summary>
    public int Length => _blocks.Count << BlockBits;

    /// <summary>Keeps a name of less than 64 KiB.</summary>
    /// <returns>Where it is, more than that of any name before.</returns>
    public int Add(ReadOnlySpan<byte> name)
    {
        if (_used + name.Length + 1 > 1 << BlockBits)
        {
            _blocks.Add(GC.AllocateUninitializedArray<byte>(1 << BlockBits));
            _used = 0;
        }

        int at = ((_blocks.Count - 1) << BlockBits) + _used;
        name.CopyTo(_blocks[^1].AsSpan(_used));
        _used += name.Length;
        _blocks[^1][_used++] = (byte)'\n';
        return at;
    }

    public ReadOnlySpan<byte> Of(int at)
    {
        ReadOnlySpan<byte> rest = _blocks[at >> BlockBits].AsSpan(at & ((1 << BlockBits) - 1));
        return rest[..rest.IndexOf((byte)'\n')];
    }
}
