using System.Globalization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Terminal;
using Spectre.Console;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>A comparison on a terminal, or as plain text if the output goes elsewhere.</summary>
internal static class DiffTerminal
{
    /// <param name="rows">Rows of each table.</param>
    /// <param name="plain">No colours, and a width that does not depend on a terminal.</param>
    public static void Write(DiffModel model, int rows, TextWriter output, bool plain) =>
        TerminalOutput.Write(output, plain, null, console => WriteTo(console, model, rows));

    private static void WriteTo(IAnsiConsole console, DiffModel model, int rows)
    {
        console.Write(new Text(Prose.Plain(model.Headline) + "\n", new Style(decoration: Decoration.Bold)));
        if (model.Increase is { } found) console.Write(new Text(Prose.Plain(found.Sentence) + "\n", new Style(found.Fails ? Color.Red : Color.Green)));
        foreach (DiffSide side in (DiffSide[])[model.A, model.B]) console.Write(new Text(DiffWords.Side(side) + "\n"));
        foreach (string limit in model.Limits) console.Write(new Padder(new Text(Prose.Plain(limit))).Padding(2, 0, 0, 0));
        console.WriteLine();
        foreach (DiffTable table in model.Tables.Where(t => t.Rows.Count > 0)) Write(console, table, rows);
        console.Write(new Text(DiffWords.Threshold, TerminalOutput.Dim));
        console.WriteLine();
    }

    private static void Write(IAnsiConsole console, DiffTable table, int rows)
    {
        List<TerminalLine> lines = [.. table.Rows.Take(rows).Select(row => new TerminalLine(
            [row.A.Rate, row.B.Rate, DiffWords.Ratio(row)], row.Reason is null ? row.Name : $"{row.Name}, {row.Reason}", "")
        {
            Word = ChangeWord.Of(row),
            Style = row.Change switch { Change.New or Change.More => new Style(Color.Red), Change.Gone or Change.Less => new Style(Color.Green), _ => null },
        })];
        if (table.Rows.Count > rows) lines.Add(new TerminalLine(["", "", ""], $"and {Count(table.Rows.Count - rows)} more", "") { Word = "" });
        TerminalTable.Draw(new TerminalLine(["A", "B", "B by A"], table.Title, "") { Word = "Change" }, lines, console);
    }
}

/// <summary>Parts of a comparison as text.</summary>
internal static class DiffWords
{
    /// <summary>What counts as a change, in one line.</summary>
    public static string Threshold => $"Within noise: chance alone separates two equal rates this far more often than once in a thousand times "
        + $"(exact test of two Poisson rates, p ≥ {PoissonTest.Threshold.ToString(CultureInfo.InvariantCulture)}).";

    /// <summary><c>A: before.db, web1, Linux 6.12, eprobe: 874 drops in 20 s, complete</c></summary>
    public static string Side(DiffSide side)
    {
        string host = side.Capture.HostName is { } name ? $"{name}, " : "";
        string kernel = side.Capture.KernelRelease is { } release ? $"Linux {release}, " : "";
        string missing = side.Missing.Most == 0 ? side.Report.Verdict.Completeness.Word : $"incomplete: {ComparisonNotes.Missing(side)} missing";
        return $"{side.Letter}: {side.Capture.File}, {host}{kernel}{(side.Capture.IsImport ? "imported text" : side.Capture.Probe)}: {Counted(side)}, {missing}";
    }

    /// <summary><c>874 drops in 20 s</c></summary>
    public static string Counted(DiffSide side) => side.Capture.Subject.Counted(side.Facts.Drops) + side.Facts.Window switch
    {
        { IsTime: false } => "",
        { LengthNs: <= 0 } => " in one instant",
        { IsWindow: true } window => $" in {Duration(window.LengthNs)}",
        { Basis: WindowFacts.ToLastDrop } window => $" in {Duration(window.LengthNs)} to the last",
        var window => $" within {Duration(window.LengthNs)}",
    };

    /// <summary><c>× 2.5</c>; empty if there is none.</summary>
    public static string Ratio(DiffRow row) => row switch
    {
        { Ratio: null } or { A.Drops: 0 } or { B.Drops: 0 } => "",
        { Ratio: { } ratio } => Times(ratio),
    };

    /// <summary><c>0.73</c>, <c>&lt; 0.0001</c>; empty where there is none.</summary>
    public static string P(DiffRow row) => row.P is { } p ? Probability(p) : "";
}

/// <summary>The words for a change.</summary>
internal static class ChangeWord
{
    public static string Of(DiffRow row) => row.InBursts ? "in bursts" : row.Change switch
    {
        Change.New => "new",
        Change.Gone => "gone",
        Change.More => "more",
        Change.Less => "less",
        Change.Same => "within noise",
        Change.Open => "open",
        _ => "not compared",
    };
}

/// <summary>Rates as text: at most three figures, and a range if something is missing.</summary>
internal static class RateWords
{
    /// <summary><c>812/s</c>, <c>0.034/s</c>, <c>3 to 5/s</c>, <c>at least 3/s</c>, <c>none</c></summary>
    public static string Of(CountRange count, double seconds)
    {
        if (count.Most is not { } most) return count.Least == 0 ? "unknown" : $"at least {Rate(count.Least / seconds)}";
        return most == 0 ? "none" : Rate(count.Least / seconds, most / seconds);
    }
}
