using DropForensics.Analyze.Dimensions;

namespace DropForensics.Analyze.Sections;

/// <summary>A table of typed cells. Each writer (page, terminal, JSON) formats them in its own way.</summary>
/// <param name="Caption">What is counted.</param>
/// <param name="Columns">The first one names the row.</param>
/// <param name="Rows">The listed rows.</param>
public sealed record ReportTable(string Caption, IReadOnlyList<Column> Columns, IReadOnlyList<Row> Rows) : Part
{
    /// <summary>The dimension of its rows, by which a selection counts them again; null: it cannot.</summary>
    public Dimension? Dimension { get; init; }

    /// <summary>The columns of the view <c>drops</c> that identify a row; null if none do.</summary>
    public string? ViewColumns { get => field ?? Dimension?.Columns; init; }

    /// <summary>The number of all rows, listed or not.</summary>
    public long Total { get => Math.Max(field, Rows.Count); init; }

    /// <summary>Who has the rows that are not listed.</summary>
    public string Rest { get; init; } = "the capture has all of them";

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

    /// <summary>The page hides it on a narrow screen.</summary>
    public bool IsHiddenWhenNarrow { get; init; }

    /// <summary>Its numbers are of the whole window: the page hides it while a part of the window is selected.</summary>
    public bool IsOfWholeWindow { get; init; }
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

    /// <summary>The terminal only: in few words what the page has in several columns or below a name.</summary>
    Terminal,
}

/// <summary>A row.</summary>
/// <param name="Cells">One a column.</param>
public sealed record Row(params IReadOnlyList<Cell> Cells)
{
    /// <summary>The SQL condition that selects its drops in the view <c>drops</c>; null if there is none.</summary>
    public string? Where { get; init; }

    /// <summary>Which rows of the table's dimension it sums up; null: the one at its own place.</summary>
    public IReadOnlyList<int>? Members { get; init; }
}
