using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections;

/// <summary>A cell of a table.</summary>
public abstract record Cell
{
    /// <summary>The cell as plain text.</summary>
    public abstract string Text { get; }

    /// <summary>The number that rows are sorted by and programs read; null: the text is.</summary>
    public virtual double? Value => null;

    /// <summary>Further lines, in smaller print; backticks mark names as the kernel spells them.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>More such lines, with numbers of the whole window: hidden while a part is selected.</summary>
    public IReadOnlyList<string> NotesOfWhole { get; init; } = [];

    /// <summary>Where the page's cell leads: another page beside it. Null: nowhere.</summary>
    public string? Link { get; init; }

    /// <summary>A second cell, shown below this one on a narrow screen, where its own column is hidden.</summary>
    public Cell? Narrow { get; init; }
}

/// <summary>Words.</summary>
public sealed record TextCell(string? Words) : Cell
{
    public override string Text => Words ?? "";

    /// <summary>Whether the words say that something is unknown or absent.</summary>
    public bool IsMuted { get; init; }

    /// <summary>The kind of change, as a style class; null for none.</summary>
    public string? Tone { get; init; }

    /// <summary>The number behind the words, to sort rows by.</summary>
    public double? SortBy { get; init; }

    public override double? Value => SortBy;
}

/// <summary>A name as the kernel, or the capture, spells it.</summary>
/// <param name="Name">Null: not known.</param>
public sealed record NameCell(string? Name) : Cell
{
    public override string Text => Name is null ? Unknown : Name + SymbolText.Module(Module);

    /// <summary>The text shown for an unknown name.</summary>
    public string Unknown { get; init; } = "unknown";

    /// <summary>Of a function in a module.</summary>
    public string? Module { get; init; }

    /// <summary>Whether it is a deciding function, which the glossary may explain.</summary>
    public bool IsDecided { get; init; }

    /// <summary>Whether the name is inferred; otherwise the kernel gave it.</summary>
    public bool IsLikely { get; init; }

    /// <summary>The reason or function whose colour is shown before it; null for none.</summary>
    public string? Colour { get; init; }
}

/// <summary>A drop reason.</summary>
/// <param name="Name">Null: none was given.</param>
public sealed record ReasonCell(string? Name) : Cell
{
    public override string Text => ReasonWords.Name(Name);
}

/// <summary>A count.</summary>
/// <param name="Count">Null: unknown.</param>
public sealed record CountCell(long? Count) : Cell
{
    /// <summary>Whether some more could not be counted.</summary>
    public bool IsOpen { get; init; }

    public override string Text => Count is not { } count || (IsOpen && count == 0) ? "unknown" : Units.Count(count) + (IsOpen ? " + unknown" : "");

    public override double? Value => Count ?? -1;
}

/// <summary>A number that counts nothing: a PID, an index. Null: there is none.</summary>
public sealed record NumberCell(long? Number, string Unknown = "") : Cell
{
    public override string Text => Number?.ToString() ?? Unknown;

    public override double? Value => Number ?? -1;
}

/// <summary>A share of all, with its bar.</summary>
/// <param name="Share">0 to 1.</param>
/// <param name="Colour">The name whose colour the bar has; null for the accent.</param>
public sealed record ShareCell(double Share, string? Colour = null) : Cell
{
    public override string Text => Units.Percent(Share);

    public override double? Value => Share;
}

/// <summary>A point in time.</summary>
/// <param name="Ns">In <c>t_ns</c>.</param>
/// <param name="Words">As it is written: not every clock counts time.</param>
public sealed record TimeCell(long Ns, string Words) : Cell
{
    public override string Text => Words;

    public override double? Value => Ns;
}

/// <summary>Makes cells of times.</summary>
internal static class TimeCells
{
    /// <summary>A point in time, as the capture's clock has it.</summary>
    public static TimeCell At(this ReportModel model, long ns) => new(
        ns, model.Facts.Window.IsTime ? Units.Moment(ns) : model.Facts.Capture.TraceClock == TraceClocks.None ? $"line {Units.Count(ns)}" : Units.Count(ns, "tick"));

    /// <summary>A span of time, sorted by its beginning.</summary>
    public static TimeCell FromTo(this ReportModel model, long firstNs, long lastNs) => model.At(firstNs) with { Notes = [model.At(lastNs).Words] };
}

/// <summary>Several cells, a line each.</summary>
public sealed record ListCell(IReadOnlyList<Cell> Cells) : Cell
{
    public override string Text => string.Join(", ", Cells.Select(c => c.Text));
}
