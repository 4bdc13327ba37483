using System.Text.RegularExpressions;
using DropForensics.Analyze.Display;
using DropForensics.Core.Recording;

namespace DropForensics.Analyze.Import.Cleaning;

/// <summary>
/// The steps that restore the lines of a tool in a text that went through mails, pages, loggers or other programs. They are found by trying
/// on the start of the text: a step is taken if more lines can be read with it than without. A readable text stays unchanged.
/// </summary>
internal sealed class CleaningPlan
{
    private const int MostLines = 1500, MostLayers = 4, LongestLine = 8192, LongestLiteral = 120;

    private readonly List<LinePrefix> _prefixes = [];

    private CleaningPlan()
    {
    }

    /// <summary>The lines are a mail's body in quoted-printable.</summary>
    public bool IsQuotedPrintable { get; private set; }

    /// <summary>Characters of a terminal or a page must be replaced.</summary>
    public bool HasMarkup { get; private set; }

    public bool HasByteOrderMark { get; private set; }

    /// <summary>From the outermost to the innermost.</summary>
    public IReadOnlyList<LinePrefix> Prefixes => _prefixes;

    /// <summary>Blanks between a task and its number were folded and are missing.</summary>
    public bool IsFolded { get; private set; }

    /// <summary>trace-cmd also printed the time since the previous record.</summary>
    public bool HasTimeDifferences { get; private set; }

    /// <summary>Lines were broken in two.</summary>
    public bool IsWrapped { get; private set; }

    /// <summary>Whether a line at the start is a record after these steps.</summary>
    public bool HasRecords { get; private set; }

    public bool IsNothing =>
        !IsQuotedPrintable && !HasMarkup && !HasByteOrderMark && _prefixes.Count == 0 && !IsFolded && !HasTimeDifferences && !IsWrapped;

    /// <summary>What is removed, for messages; empty: nothing.</summary>
    public IReadOnlyList<string> Steps => Told(quotes: true);

    /// <summary>The same for the capture, without quotes from the text.</summary>
    public IReadOnlyList<string> KeptSteps => Told(quotes: false);

    /// <summary>Finds it.</summary>
    /// <param name="head">The text's beginning, each byte a character.</param>
    public static CleaningPlan Of(string head)
    {
        var plan = new CleaningPlan { HasByteOrderMark = head.StartsWith("\u00ef\u00bb\u00bf", StringComparison.Ordinal) };
        if (plan.HasByteOrderMark)
        {
            head = head[3..];
        }

        List<string> lines = Lines(head);
        if (lines.Any(line => line.EndsWith('=')) && head.Contains("=3D", StringComparison.Ordinal))
        {
            plan.IsQuotedPrintable = true;
            lines = Lines(Markup.DecodeQuotedPrintable(head));
        }

        lines = plan.FindPrefixes(lines);
        plan.HasTimeDifferences = Try(ref lines, line => Columns.WithoutDifference(line));
        plan.IsFolded = TryFolded(ref lines);
        plan.IsWrapped = Joined(ref lines);
        plan.HasRecords = lines.Any(line => Shape(line) >= LineShape.MovedRecord);

        // A plan without records is not used, so that a message quotes the original text.
        return plan.HasRecords ? plan : new CleaningPlan { HasByteOrderMark = plan.HasByteOrderMark };
    }

    /// <summary>The line without one prefix; unchanged if it has none, or is less readable without it.</summary>
    public static string CutAt(LinePrefix prefix, string line)
    {
        if (prefix.Cut(line) is not { } cut)
        {
            return line;
        }

        LineShape before = Shape(line), after = Shape(cut);
        return after >= before || (before == LineShape.MovedRecord && after == LineShape.Part) ? cut : line;
    }

    public static LineShape Shape(string line) => line.Length > LongestLine ? LineShape.None : LineShapes.Of(Markup.Bytes(line));

    private static List<string> Lines(string text)
    {
        // The last line may be incomplete, unless it is the only one.
        List<string> lines = [.. text.Split('\n', MostLines + 1).Select(line => line.TrimEnd('\r'))];
        if (lines.Count > 1)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return lines;
    }

    // Hard blanks may be between a prefix and its line, so search for both together.
    private List<string> FindPrefixes(List<string> lines)
    {
        (List<LinePrefix> prefixes, List<string> cut) = PrefixesOf(lines);
        List<string> plain = [.. lines.Select(Markup.Strip)];
        if (!plain.SequenceEqual(lines))
        {
            (List<LinePrefix> others, List<string> otherCut) = PrefixesOf(plain);
            if (Gain(cut, otherCut) > 0)
            {
                HasMarkup = true;
                (prefixes, cut) = (others, otherCut);
            }
        }

        _prefixes.AddRange(prefixes);
        return cut;
    }

    private static (List<LinePrefix> Prefixes, List<string> Lines) PrefixesOf(List<string> lines)
    {
        List<LinePrefix> prefixes = [];
        while (prefixes.Count < MostLayers && Best(lines) is { } prefix)
        {
            prefixes.Add(prefix);
            lines = [.. lines.Select(line => CutAt(prefix, line))];
        }

        return (prefixes, lines);
    }

    private static bool Try(ref List<string> lines, Func<string, string> step)
    {
        List<string> changed = [.. lines.Select(step)];
        if (Gain(lines, changed) <= 0)
        {
            return false;
        }

        lines = changed;
        return true;
    }

    // Only if in every line the task's number is one blank after the name: otherwise a number may belong to the name.
    private static bool TryFolded(ref List<string> lines) =>
        !lines.Any(line => Columns.IsPadded(line)) && Try(ref lines, line => Columns.Unfold(line));

    private static int Gain(List<string> before, List<string> after)
    {
        int gain = 0;
        for (int i = 0; i < before.Count; i++)
        {
            gain += ReferenceEquals(before[i], after[i]) ? 0 : (int)Shape(after[i]) - (int)Shape(before[i]);
        }

        return gain;
    }

    private static LinePrefix? Best(List<string> lines)
    {
        LinePrefix? best = null;
        int most = 0;
        foreach (LinePrefix prefix in KnownPrefixes.All.Concat(Literals(lines)))
        {
            List<string> cut = [.. lines.Select(line => CutAt(prefix, line))];
            int gain = Gain(lines, cut);
            if (gain <= 0 && best is null && prefix.IsCertain && gain == 0 && IsOnAll(prefix, lines))
            {
                gain = 1;
            }

            if (gain > most)
            {
                (best, most) = (prefix, gain);
            }
        }

        return best is null ? null : WithColumns(best, lines);
    }

    // At least two lines, one of them a record: a single task may have any name.
    private static bool IsOnAll(LinePrefix prefix, List<string> lines)
    {
        List<string> full = [.. lines.Where(line => line.AsSpan().Trim().Length > 0)];
        return full.Count > 1 && full.All(line => prefix.Cut(line) is not null)
            && full.Any(line => Shape(prefix.Cut(line) ?? "") >= LineShape.MovedRecord);
    }

    // "drops: " before the records of an instance, as many blanks before all others.
    private static LinePrefix WithColumns(LinePrefix prefix, List<string> lines)
    {
        var widths = lines.Select(line => prefix.Cut(line) is { } cut ? line.Length - cut.Length : 0).Where(width => width > 0).Distinct().ToList();
        return widths is [var width] ? prefix with { Columns = width } : prefix;
    }

    // The common start of all lines, up to the end of a word; and blanks.
    private static IEnumerable<LinePrefix> Literals(List<string> lines)
    {
        List<string> full = [.. lines.Where(line => line.AsSpan().Trim().Length > 0)];
        if (full.Count < 2)
        {
            yield break;
        }

        string common = full[0].Length > LongestLiteral ? full[0][..LongestLiteral] : full[0];
        foreach (string line in full)
        {
            int same = 0;
            while (same < common.Length && same < line.Length && common[same] == line[same])
            {
                same++;
            }

            common = common[..same];
        }

        for (int end = 1; end <= common.Length; end++)
        {
            if (!char.IsAsciiLetterOrDigit(common[end - 1]))
            {
                string literal = common[..end];
                var start = new Regex("^" + Regex.Escape(literal), RegexOptions.CultureInvariant);
                yield return literal.AsSpan().Trim().IsEmpty ? new LinePrefix("the blanks before the lines", start)
                    : new LinePrefix("what all lines begin with", start, Quote: $" (`{Visible.Text(literal)}`)");
            }
        }
    }

    private static bool Joined(ref List<string> lines)
    {
        var joiner = new LineJoiner();
        List<string?> whole = [.. lines.Select(joiner.Add)];
        whole.Add(joiner.End());
        lines = [.. whole.OfType<string>()];
        return joiner.Joins > 0;
    }

    private List<string> Told(bool quotes)
    {
        List<string> steps = [.. _prefixes.Select(prefix => $"taken off each line: {prefix.What}{(quotes ? prefix.Quote : "")}")];
        void Add(bool has, string step)
        {
            if (has)
            {
                steps.Add(step);
            }
        }

        Add(HasByteOrderMark, "taken off: a byte order mark");
        Add(IsQuotedPrintable, "undone: the encoding of a mail (quoted-printable)");
        Add(HasMarkup, "undone: colours, hard blanks or HTML's spelling of signs");
        Add(HasTimeDifferences, "taken off each line: the time since the one before (--ts-diff)");
        Add(IsFolded, "put back: blanks before the tasks' numbers");
        Add(IsWrapped, "joined: lines that had been broken");
        return steps;
    }
}
