using System.Globalization;

namespace DropForensics.Analyze.Verify;

/// <summary>Differences by table and column: all are counted, the first few of each kept.</summary>
internal sealed class Differences
{
    private const int Kept = 5;

    private readonly Dictionary<(string Table, string Column), (long Count, List<Difference> First)> _all = [];

    /// <summary>How many there are.</summary>
    public long Count => _all.Values.Sum(kind => kind.Count);

    /// <summary>Each kind with its number and its first few, in the order they were met.</summary>
    public IEnumerable<DifferenceKind> Kinds => _all.Select(kind => new DifferenceKind(kind.Key.Table, kind.Key.Column, kind.Value.Count, kind.Value.First));

    /// <summary>Notes a difference.</summary>
    public void Add(string table, string column, string row, string? stored, string? found)
    {
        (long count, List<Difference> first) = _all.GetValueOrDefault((table, column), (0, []));
        if (first.Count < Kept)
        {
            first.Add(new Difference(table, column, row, stored, found));
        }

        _all[(table, column)] = (count + 1, first);
    }

    /// <summary>Notes one unless the two are equal.</summary>
    public void Compare(string table, string column, string row, string? stored, string? found)
    {
        if (!string.Equals(stored, found, StringComparison.Ordinal))
        {
            Add(table, column, row, stored, found);
        }
    }

    /// <inheritdoc cref="Compare(string, string, string, string?, string?)"/>
    public void Compare(string table, string column, string row, long? stored, long? found)
    {
        if (stored != found)
        {
            Add(table, column, row, Text(stored), Text(found));
        }
    }

    /// <summary>A number in digits; null for null.</summary>
    public static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The differences of one column.</summary>
/// <param name="Table">Its table.</param>
/// <param name="Column">The column; <c>*</c> for whole rows.</param>
/// <param name="Count">How many.</param>
/// <param name="First">The first few.</param>
internal sealed record DifferenceKind(string Table, string Column, long Count, IReadOnlyList<Difference> First);

/// <summary>What the file says in one place, and what there should be.</summary>
/// <param name="Table">The table.</param>
/// <param name="Column">Its column; <c>*</c> for the whole row.</param>
/// <param name="Row">Which row: its id, or where it belongs.</param>
/// <param name="Stored">What stands there; null for NULL, or for no row.</param>
/// <param name="Found">What the text, or another table, gives; null for NULL, or for nothing.</param>
internal sealed record Difference(string Table, string Column, string Row, string? Stored, string? Found);
