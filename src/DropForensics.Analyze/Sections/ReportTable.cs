using DropForensics.Analyze.Dimensions;

namespace DropForensics.Analyze.Sections;

/// <summary>A table: typed cells that each writer words in its own way, and nothing that only one of them can show.</summary>
/// <param name="Caption">What is counted.</param>
/// <param name="Columns">The first one names the row.</param>
/// <param name="Rows">As many as are listed.</param>
public sealed record ReportTable(string Caption, IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows) : Part
{
    /// <summary>What its rows are told apart by, so that a selection can count them anew; null where it cannot.</summary>
    public Dimension? Of { get; init; }

    /// <summary>The columns of the view <c>drops</c> that tell its rows apart; null where the view does not.</summary>
    public string? ViewColumns { get => field ?? Of?.Columns; init; }

    /// <summary>How many rows there are, those that are not listed among them.</summary>
    public long Total { get => Math.Max(field, Rows.Count); init; }

    /// <summary>Drops of the rows that are not listed.</summary>
    public long DropsNotListed { get; init; }

    /// <summary>Whether a terminal shows it; the page shows every table.</summary>
    public bool IsOnTerminal { get; init; }

    /// <summary>A heat map: the larger a number, the stronger its cell.</summary>
    public bool IsHeat { get; init; }

    /// <summary>Whether the JSON document has its numbers under <c>facts</c>; else it has the table.</summary>
    public bool IsInFacts { get; init; } = true;
}

/// <summary>A column.</summary>
/// <param name="Head">Its heading.</param>
/// <param name="Kind">What its cells are, by which they are aligned and sorted.</param>
public record Column(string Head, ColumnKind Kind = ColumnKind.Text)
{
    /// <summary>Who shows it.</summary>
    public ColumnUse Use { get; init; }

    /// <summary>Left out where the screen is narrow.</summary>
    public bool IsWide { get; init; }

    /// <summary>Of the whole window, and so left out beside a selection.</summary>
    public bool IsOfWhole { get; init; }
}

/// <summary>What the cells of a column are.</summary>
public enum ColumnKind
{
    Text,

    /// <summary>Names of any length, which may be broken anywhere.</summary>
    Name,
    Count,
    Share,
    Number,
    Time,
}

/// <summary>Who shows a column.</summary>
public enum ColumnUse
{
    Everywhere,
    Page,

    /// <summary>What the page has in several columns, or below a name, in few words.</summary>
    Terminal,
}

/// <summary>A row.</summary>
/// <param name="Cells">One a column.</param>
public sealed record Row(params IReadOnlyList<Cell> Cells)
{
    /// <summary>The condition over the view <c>drops</c> that its drops meet; null where the view does not tell them from others.</summary>
    public string? Where { get; init; }

    /// <summary>Which rows of the table's dimension it sums up; null: the one at its own place.</summary>
    public IReadOnlyList<int>? Members { get; init; }
}
