namespace DropForensics.Analyze.Facts;

/// <summary>Drops over time in equal bins.</summary>
/// <param name="StartNs">Where the first bin begins, in <c>t_ns</c>; a multiple of the bin.</param>
/// <param name="BinNs">Width of a bin: 1, 2 or 5 times a power of ten.</param>
/// <param name="By">What the series are: <c>reason</c>, or <c>function</c> where no drop has a reason.</param>
/// <param name="Series">The most frequent first; of functions at most 20, and one of all others.</param>
/// <param name="Holes">When records were lost.</param>
public sealed record TimelineFacts(long StartNs, long BinNs, string By, IReadOnlyList<TimelineSeries> Series, IReadOnlyList<HoleFacts> Holes);

/// <summary>The drops of one reason in each bin, or of one function where no drop has a reason.</summary>
/// <param name="Reason">Null where none was given.</param>
/// <param name="Function">The deciding function; null where the series is of a reason, or the function is unknown.</param>
/// <param name="Drops">One number a bin.</param>
public sealed record TimelineSeries(string? Reason, string? Function, IReadOnlyList<long> Drops);

/// <summary>How the rows of the report's lists came about over time, in the timeline's bins: what a reader who selects a span of it sees.</summary>
/// <param name="Cells">Every drop once, by its place.</param>
/// <param name="Lists">Of what does not follow from a drop's place, by the dimension's id: the drops of each row in each bin; null where the capture has
/// so many alike that their times were not kept.</param>
/// <param name="Crossed">The cells again, by their number, and by the row in each of <see cref="Dimensions.Dimension.Crossed"/>.</param>
public sealed record BinnedFacts(IReadOnlyList<BinnedCell> Cells, IReadOnlyDictionary<string, IReadOnlyList<int[]?>> Lists, CrossedDrops Crossed)
{
    /// <summary>Of no drop.</summary>
    public static BinnedFacts Empty { get; } = new([], new Dictionary<string, IReadOnlyList<int[]?>>(), new CrossedDrops(0, 1));
}

/// <summary>The drops of one place.</summary>
/// <param name="Place">Where they are listed.</param>
/// <param name="Drops">One number a bin.</param>
public sealed record BinnedCell(BinnedPlace Place, int[] Drops);

/// <summary>The row that drops have in each dimension that follows from their place. Two are equal where all of their rows are.</summary>
public sealed class BinnedPlace(int[] rows) : IEquatable<BinnedPlace>
{
    private readonly int[] _rows = rows;

    /// <summary>In no row.</summary>
    public const int None = -1;

    /// <summary>The row in the list of a dimension, by the dimension's column; below zero where it is in none.</summary>
    public int this[int column] => _rows[column];

    /// <summary>All rows, by column.</summary>
    public IReadOnlyList<int> Rows => _rows;

    /// <summary>The same with another row in one list.</summary>
    public BinnedPlace With(int column, int row) => new([.. _rows.Select((old, i) => i == column ? row : old)]);

    /// <summary>The same in the lists of these columns, and in no other.</summary>
    public BinnedPlace Only(params int[] columns) => new([.. _rows.Select((row, i) => columns.Contains(i) ? row : None)]);

    /// <inheritdoc/>
    public bool Equals(BinnedPlace? other) => other is not null && _rows.AsSpan().SequenceEqual(other._rows);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BinnedPlace);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (int row in _rows)
        {
            hash.Add(row);
        }

        return hash.ToHashCode();
    }
}

/// <summary>Drops in each bin, as plain numbers.</summary>
internal static class Series
{
    /// <summary>All together; null where one is not known, or there is none.</summary>
    public static int[]? Sum(IEnumerable<int[]?> series)
    {
        int[]? sum = null;
        foreach (int[]? one in series)
        {
            if (one is null)
            {
                return null;
            }

            sum ??= new int[one.Length];
            for (int bin = 0; bin < one.Length; bin++)
            {
                sum[bin] += one[bin];
            }
        }

        return sum;
    }
}
