using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Dimensions;

/// <summary>
/// Something that drops are grouped by: their reason, their interface, their flow. Tables, the selection of the page, SQL hints and comparisons
/// go over <see cref="All"/>; what is special about one of them is in its definition (Dimension.All.cs) only.
/// </summary>
public abstract partial class Dimension
{
    private int? _column;

    /// <summary>As JSON and the page's lists have it: <c>reasons</c>.</summary>
    public required string Id { get; init; }

    /// <summary>For people, as a heading: <c>Reasons</c>.</summary>
    public required string Title { get; init; }

    /// <summary>The columns of the view <c>drops</c> that distinguish its rows; null if none do.</summary>
    public string? Columns { get; init; }

    /// <summary>The row's key from what a site's drops have in common; null where the drops of one site differ in it, so that it is counted by itself.</summary>
    public Func<DropPlace, DimensionKey?>? OfPlace { get; init; }

    /// <summary>
    /// A column of <c>drop_event</c>, or an integer expression of its columns, by which the pass counts drops for this dimension; null if its rows follow
    /// from a drop's place, or from tables of their own.
    /// </summary>
    public string? DropColumn { get; init; }

    /// <summary>What a number of <see cref="DropColumn"/> is called; null if it has no name.</summary>
    public Func<long, string?>? NameOf { get; init; }

    /// <summary>Its place in <see cref="BinnedPlace"/>; below zero where it has none.</summary>
    public int Column => _column ??= OfPlaces.TakeWhile(d => d != this).Count() is var column && column < OfPlaces.Count ? column : BinnedPlace.None;

    /// <summary>The first so many rows have a number in <see cref="BinnedPlace"/>: a page lists no more.</summary>
    public int MostPlaces { get; init; } = int.MaxValue;

    /// <summary>How many rows there are, those that the facts do not list among them; null where they list all.</summary>
    public Func<CaptureFacts, int>? Distinct { get; init; }

    /// <summary>The keys of the rows that a capture's facts list, the most drops first.</summary>
    public abstract IReadOnlyList<DimensionKey> Keys(CaptureFacts facts);

    /// <summary>The number that <see cref="DropColumn"/> has in each row, null for NULL; empty if a row may have several.</summary>
    public abstract IReadOnlyList<long?> Numbers(CaptureFacts facts);

    /// <summary>Drops in each bin of the timeline, by row; null where the times of a row were not kept.</summary>
    public IReadOnlyList<int[]?> Bins(CaptureFacts facts)
    {
        if (Column < 0)
        {
            return facts.Binned.Lists.GetValueOrDefault(Id, []);
        }

        int[]?[] bins = new int[]?[Keys(facts).Count];
        foreach (IGrouping<int, int[]> row in facts.Binned.Cells.Where(c => c.Place[Column] >= 0).GroupBy(c => c.Place[Column], c => c.Drops))
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

    /// <summary>A row's key.</summary>
    public required Func<TRow, DimensionKey> Key { get; init; }

    /// <summary>What a row is called; null where it is the unknown one.</summary>
    public required Func<TRow, string?> Name { get; init; }

    public required Func<TRow, long> Drops { get; init; }

    /// <summary>The condition over the view <c>drops</c> that a row's drops meet; null if the view does not distinguish it from another row.</summary>
    public Func<TRow, CaptureFacts, string?>? Condition { get; init; }

    /// <summary>The number that <see cref="Dimension.DropColumn"/> has in a row; null if a row may have several.</summary>
    public Func<TRow, long?>? Number { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<long?> Numbers(CaptureFacts facts) => Number is { } number ? [.. List(facts).Select(number)] : [];

    /// <inheritdoc/>
    public override IReadOnlyList<DimensionKey> Keys(CaptureFacts facts) => [.. List(facts).Select(Key)];
}

/// <summary>What the drops of one site, reason and interface have in common. Null: unknown.</summary>
/// <param name="Function">The deciding function.</param>
/// <param name="Module">Its module.</param>
/// <param name="Reason">The kernel's name of the reason.</param>
/// <param name="Subsystem">The reason's subsystem.</param>
/// <param name="Driver">See <see cref="DriverKey"/>, also for the three that follow.</param>
/// <param name="DriverRule">The rule that found the driver.</param>
/// <param name="DriverCandidates">The drivers it may have been.</param>
/// <param name="DriverMeaning">The rule in words.</param>
/// <param name="Entry">The function that handed the packet to the stack.</param>
/// <param name="EntryMeaning">What that function is, in words.</param>
/// <param name="Netns">Inode of the interface's network namespace.</param>
/// <param name="IfIndex">The interface's index in it.</param>
/// <param name="Interface">The interface's name.</param>
/// <param name="Direction">Which way the packets went.</param>
/// <param name="StackId">The stack; null where there is none, or several are counted together.</param>
/// <param name="Owner">Who owns the packet's socket.</param>
public sealed record DropPlace(
    string? Function, string? Module, string? Reason, string? Subsystem,
    string? Driver, string? DriverRule, string? DriverCandidates, string DriverMeaning, string? Entry, string? EntryMeaning,
    long? Netns, int? IfIndex, string? Interface, Direction Direction, long? StackId, string? Owner);
