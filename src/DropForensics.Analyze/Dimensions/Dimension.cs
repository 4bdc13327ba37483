using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Dimensions;

/// <summary>
/// Something that drops are told apart by: their reason, their interface, their flow. Tables, the selection of the page, SQL hints and comparisons
/// go over <see cref="All"/>; what is special about one of them stands where it is defined (Dimension.All.cs) and nowhere else.
/// </summary>
public abstract partial class Dimension
{
    private int? _column;

    /// <summary>As JSON and the page's lists have it: <c>reasons</c>.</summary>
    public required string Id { get; init; }

    /// <summary>For people, as a heading: <c>Reasons</c>.</summary>
    public required string Title { get; init; }

    /// <summary>The columns of the view <c>drops</c> that tell its rows apart; null where the view does not.</summary>
    public string? Columns { get; init; }

    /// <summary>The row's key from what a site's drops have in common; null where the drops of one site differ in it, so that it is counted by itself.</summary>
    public Func<DropPlace, DimensionKey?>? OfPlace { get; init; }

    /// <summary>Its place in <see cref="BinnedPlace"/>; below zero where it has none.</summary>
    public int Column => _column ??= OfPlaces.TakeWhile(d => d != this).Count() is var column && column < OfPlaces.Count ? column : BinnedPlace.None;

    /// <summary>The first so many rows have a number in <see cref="BinnedPlace"/>: a page lists no more.</summary>
    public int MostPlaces { get; init; } = int.MaxValue;

    /// <summary>How many rows there are, those that the facts do not list among them; null where they list all.</summary>
    public Func<CaptureFacts, int>? Distinct { get; init; }

    /// <summary>What tells apart the rows that a capture's facts list, the most drops first.</summary>
    public abstract IReadOnlyList<DimensionKey> Keys(CaptureFacts facts);

    /// <summary>Drops in each bin of the timeline, by row; null where the times of a row were not kept.</summary>
    public IReadOnlyList<int[]?> Bins(CaptureFacts facts)
    {
        if (Column < 0)
        {
            return facts.Binned.Lists.GetValueOrDefault(Id, []);
        }

        var bins = new int[]?[Keys(facts).Count];
        foreach (var row in facts.Binned.Cells.Where(c => c.Place[Column] >= 0).GroupBy(c => c.Place[Column], c => c.Drops))
        {
            bins[row.Key] = Series.Sum(row);
        }

        return bins;
    }
}

/// <summary>A dimension whose rows the facts list as <typeparamref name="TRow"/>.</summary>
public sealed class Dimension<TRow> : Dimension
{
    /// <summary>The rows.</summary>
    public required Func<CaptureFacts, IReadOnlyList<TRow>> List { get; init; }

    /// <summary>What tells a row from another.</summary>
    public required Func<TRow, DimensionKey> Key { get; init; }

    /// <summary>What a row is called; null where it is the unknown one.</summary>
    public required Func<TRow, string?> Name { get; init; }

    public required Func<TRow, long> Drops { get; init; }

    /// <summary>The condition over the view <c>drops</c> that a row's drops meet; null where the view does not tell it from another row.</summary>
    public Func<TRow, CaptureFacts, string?>? Condition { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<DimensionKey> Keys(CaptureFacts facts) => [.. List(facts).Select(Key)];
}
