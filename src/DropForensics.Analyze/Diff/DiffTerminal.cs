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
        foreach (DiffPair pair in model.Pairs)
        {
            string of = model.IsOfTwo ? "" : $"{pair.B.Letter}: ";
            console.Write(new Text($"{of}{Prose.Plain(pair.Headline)}\n", new Style(decoration: Decoration.Bold)));
            if (pair.Increase is { } found) console.Write(new Text($"{of}{Prose.Plain(found.Sentence)}\n", new Style(found.Fails ? Color.Red : Color.Green)));
        }

        foreach (DiffSide side in model.Sides) console.Write(new Text(DiffWords.Side(side) + "\n"));
        foreach (string limit in model.Limits) console.Write(new Padder(new Text(Prose.Plain(limit))).Padding(2, 0, 0, 0));
        console.WriteLine();
        foreach (JoinedTable table in model.Tables.Where(t => t.Lines.Count > 0)) Write(console, model, table, rows);
        console.Write(new Text(DiffWords.Threshold, TerminalOutput.Dim));
        console.WriteLine();
    }

    // A ratio and its sign are of two captures; of more, their rates alone fit.
    private static void Write(IAnsiConsole console, DiffModel model, JoinedTable table, int rows)
    {
        List<TerminalLine> lines = [.. table.Lines.Take(rows).Select(line => new TerminalLine(
            [.. line.Counts.Select(count => count.Rate), .. model.IsOfTwo ? [DiffWords.Ratio(line.First)] : Array.Empty<string>()],
            line.First.Reason is { } reason ? $"{line.First.Name}, {reason}" : line.First.Name, "")
        {
            Word = ChangeWord.Of(model, line),
            Style = line.Rows.Any(r => r?.Change is Change.New or Change.More) ? new Style(Color.Red)
                : line.Rows.Any(r => r?.Change is Change.Gone or Change.Less) ? new Style(Color.Green) : null,
        })];
        string[] heads = [.. model.Sides.Select(side => side.Letter), .. model.IsOfTwo ? ["B by A"] : Array.Empty<string>()];
        if (table.Lines.Count > rows) lines.Add(new TerminalLine([.. heads.Select(_ => "")], $"and {Count(table.Lines.Count - rows)} more", "") { Word = "" });
        TerminalTable.Draw(new TerminalLine(heads, table.Title, "") { Word = "Change" }, lines, console);
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
    private const string WithinNoise = "within noise";

    public static string Of(DiffRow row) => row.InBursts ? "in bursts" : row.Change switch
    {
        Change.New => "new",
        Change.Gone => "gone",
        Change.More => "more",
        Change.Less => "less",
        Change.Same => WithinNoise,
        Change.Open => "open",
        _ => "not compared",
    };

    /// <summary>Of two captures the change; of more <c>B more, C gone</c>, without those within noise.</summary>
    public static string Of(DiffModel model, JoinedLine line)
    {
        (string Letter, string Word)[] words = [.. line.Rows.Zip(model.Pairs).Where(r => r.First is not null).Select(r => (r.Second.B.Letter, Of(r.First!)))]; // not null by the filter
        if (words.Length == line.Rows.Count && words.Select(w => w.Word).Distinct().Count() == 1) return words[0].Word;
        string[] told = [.. words.Where(w => w.Word != WithinNoise).Select(w => $"{w.Letter} {w.Word}")];
        return told.Length == 0 ? WithinNoise : string.Join(", ", told);
    }
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
