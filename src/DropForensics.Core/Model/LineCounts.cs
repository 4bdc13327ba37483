namespace DropForensics.Core.Model;

/// <summary>How many lines of each kind a stream held; their sum is the number of its lines.</summary>
public sealed class LineCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<LineKind>().Length];

    public long this[LineKind kind]
    {
        get => _counts[(int)kind];
        set => _counts[(int)kind] = value;
    }

    /// <summary>All lines.</summary>
    public long Total => _counts.Sum();

    /// <summary>Lines of any Unparsed kind.</summary>
    public long Unparsed => _counts[(int)LineKind.UnparsedHeader..].Sum();

    /// <summary>The counts as they are now.</summary>
    public LineCounts Copy()
    {
        var copy = new LineCounts();
        _counts.CopyTo(copy._counts.AsSpan());
        return copy;
    }
}
