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
