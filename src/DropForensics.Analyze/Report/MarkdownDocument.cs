using System.Text;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using DropForensics.Core.Ledger;
using static DropForensics.Analyze.Display.Units;
using static DropForensics.Analyze.Report.MarkdownText;

namespace DropForensics.Analyze.Report;

/// <summary>
/// A whole report as one Markdown file for an issue tracker: the sections of the page as headings and tables, details folded, pictures beside it. Bounded by
/// what GitHub takes: rows are left out first, then the last sections, and it says how many.
/// </summary>
internal static class MarkdownDocument
{
    /// <summary>Characters that GitHub takes in an issue or comment.</summary>
    public const int MostCharacters = 65_536;

    private const int LinesOfExample = 30;

    // Rows of each table, and findings, stacks and examples that are spelled out.
    private static readonly (int Rows, int Items)[] Limits = [(20, 10), (10, 5), (5, 3), (3, 1)];

    // Read by those who doubt the answer, or look for more: folded.
    private static readonly string[] Folded = ["stacks", "raw", "losses", "captured", "host", "limits", "glossary", "hosts", "method"];

    /// <summary>The file of a capture's report.</summary>
    /// <param name="pictures">Names of the pictures beside it.</param>
    public static string Of(ReportModel model, IReadOnlyList<string> pictures)
    {
        CaptureFacts facts = model.Facts;
        Completeness completeness = model.Verdict.Completeness;
        string[] answer =
        [
            .. new[] { facts.Capture.RedactedHeading, facts.Capture.EarlierHeading, model.Verdict.Note }.OfType<string>().Select(Sentence),
            Sentence(string.Join(' ', new[] { model.Verdict.Counted, model.Verdict.Cause, model.Verdict.Way }.OfType<string>())),
            $"**{Capital(completeness.Word)}:** {Sentence(completeness.Sentence)} {string.Join(' ', completeness.Evidence.Select(Sentence))}",
            Escaped(model.Identity),
            .. model.Next is { } next ? [$"**Run next** ({Sentence(next.Shows)}):", Fenced(next.Command)] : Array.Empty<string>(),
        ];
        return Of(model.Version, model.Verdict.Headline, answer, ReportSections.Of(model), pictures, $"SHA-256 of the capture: {Code(facts.Capture.Sha256)}");
    }

    /// <summary>Any report's file.</summary>
    /// <param name="headline">In prose.</param>
    /// <param name="answer">Paragraphs below it, in Markdown.</param>
    /// <param name="sections">The report's.</param>
    /// <param name="pictures">Names of the pictures beside it: the first stands above all sections.</param>
    /// <param name="foot">In Markdown.</param>
    public static string Of(string version, string headline, IReadOnlyList<string> answer, IReadOnlyList<Section> sections, IReadOnlyList<string> pictures, string foot)
    {
        string text = "";
        List<Section> shown = [.. sections.Except(ReportSections.NotShown(sections))];
        for (int level = 0, leftOut = 0; ; level++, leftOut += level > Limits.Length ? 1 : 0)
        {
            (int rows, int items) = Limits[Math.Min(level, Limits.Length - 1)];
            text = Write(version, headline, answer, [.. shown.SkipLast(leftOut)], ReportSections.NotShown(sections), leftOut, pictures, foot, rows, items);
            if (text.Length <= MostCharacters || leftOut >= shown.Count) return text;
        }
    }

    private static string Write(
        string version, string headline, IReadOnlyList<string> answer, IReadOnlyList<Section> sections, IReadOnlyList<Section> notShown, int leftOut, IReadOnlyList<string> pictures, string foot,
        int rows, int items)
    {
        // A later report knows its own file by this mark, as it knows a page.
        var text = new StringBuilder($"<!-- <meta name=\"generator\" content=\"DropForensics {version}\"> -->\n# {Sentence(headline)}\n\n");
        foreach (string paragraph in answer.Where(each => each.Length > 0)) text.Append($"{paragraph}\n\n");
        foreach (string picture in pictures.Take(1)) text.Append($"![{Path.GetFileNameWithoutExtension(picture)}]({picture})\n\n");
        foreach (Section section in sections)
        {
            bool isFolded = Folded.Contains(section.Id);
            text.Append($"## {Escaped(section.Title)}\n\n{(isFolded ? "<details><summary>Details</summary>\n\n" : "")}");
            if (section.WhyNot is { } why) text.Append($"Not shown: {Sentence(why)}.\n\n");
            foreach (Part part in section.Parts) Write(text, part, pictures, rows, items);
            if (isFolded) text.Append("</details>\n\n");
        }

        if (notShown.Count > 0) text.Append($"Not shown: {string.Join("; ", notShown.Select(section => $"{Escaped(section.Short.ToLowerInvariant())} ({Sentence(section.WhyNot ?? "")})"))}.\n\n");
        if (leftOut > 0) text.Append($"{Count(leftOut, "more section")} would be too long for an issue; the page has all of them.\n\n");
        return text.Append($"<sub>{foot} · DropForensics {Escaped(version)}</sub>\n").ToString();
    }

    private static void Write(StringBuilder text, Part part, IReadOnlyList<string> pictures, int rows, int items)
    {
        switch (part)
        {
            case ReportTable { Rows.Count: > 0 } table:
                text.Append($"{Sentence(table.Caption)}\n\n");
                Table(text, table, rows, ColumnUse.Terminal, hasNotes: true);
                text.Append(table.Total > rows ? $"\nand {Count(table.Total - Math.Min(rows, table.Rows.Count))} more.\n\n" : "\n");
                break;
            case Note note:
                text.Append($"{Sentence(note.Text)}\n\n");
                break;
            case Heading heading:
                text.Append($"### {Escaped(heading.Text)}\n\n");
                break;
            case Absent absent:
                text.Append($"**{Escaped(absent.Title)}**: none, {Sentence(absent.Why)}.\n\n");
                break;
            case Bullets bullets:
                Fold(text, bullets.Fold, () => text.Append(string.Concat(bullets.Items.Take(rows).Select(item => $"- {Sentence(item)}\n"))).Append(More(bullets.Items.Count - rows)).Append('\n'));
                break;
            case KnownLines known:
                Fold(text, known.Fold, () => text.Append(string.Concat(known.Lines.Where(line => line is { Value.Length: > 0 } or { Unknown: not null }).Select(line =>
                    $"- {Escaped(line.Name)}: {(line.Value is not { Length: > 0 } value ? Escaped(line.Unknown ?? "") : line.IsName ? Code(value) : Escaped(value))}{(line.Note is { } more ? $" ({Escaped(more)})" : "")}\n"))).Append('\n'));
                break;
            case TimelinePart when pictures.Contains("timeline.png"):
                text.Append("![timeline](timeline.png)\n\n");
                break;
            case FlamePart when pictures.Contains("flamegraph.png"):
                text.Append("![stacks](flamegraph.png)\n\n");
                break;
            case FindingList list:
                foreach (ShownFinding shown in list.Findings.Take(items)) Write(text, shown);
                text.Append(More(list.Findings.Count - items));
                break;
            case StackList list:
                foreach (ShownStack stack in list.Stacks.Take(items))
                    text.Append($"{Count(stack.Stack.Drops)} ({Percent(stack.Stack.Share)}), {Sentence($"`{FunctionWords.Name(stack.Stack.Function)}`")}:\n\n{Fenced(string.Join('\n', stack.Frames.Select(frame => frame.Mark is { } mark ? $"{frame.Text}  <- {mark}" : frame.Text)), "")}\n\n");
                text.Append(More(list.Stacks.Count - items));
                break;
            case RawExamples list:
                foreach (ShownExample example in list.Examples.Take(items))
                    text.Append($"{Escaped(example.Where)}:\n\n{Fenced(string.Join('\n', example.Text.Split('\n').Take(LinesOfExample)), "")}\n\n");
                text.Append(More(list.Examples.Count - items));
                break;
            case TermList list:
                foreach (GlossaryTerm term in list.Terms.Take(rows)) text.Append($"- {Code(term.Name)}: {SeverityWord.Of(term.Known.Severity)}. {Escaped(term.Known.What)}\n");
                text.Append(More(list.Terms.Count - rows)).Append('\n');
                break;
            default:
                break; // drawings of the page, and SQL, which asks the capture
        }
    }

    private static void Write(StringBuilder text, ShownFinding shown)
    {
        Finding finding = shown.Finding;
        text.Append($"### {Capital(SeverityWord.Of(finding.Severity))}: {Sentence(finding.Title)}\n\n{Sentence(finding.Meaning)}\n\n");
        if (finding.Checks.Count > 0) text.Append($"{Fenced(string.Join('\n', finding.Checks.Select(check => $"{check.Command}  # {check.Shows}")))}\n\n");
        Fold(text, "Evidence", () =>
        {
            foreach (Evidence evidence in finding.Evidence) text.Append($"- {Sentence(EvidenceWords.Of(evidence))}\n");
            if (finding.Causes.Count > 0) text.Append($"- Usual causes: {string.Join(' ', finding.Causes.Select(Escaped))}\n");
            text.Append('\n');
        });
    }

    private static void Fold(StringBuilder text, string? summary, Action write)
    {
        text.Append(summary is null ? "" : $"<details><summary>{Escaped(summary)}</summary>\n\n");
        write();
        text.Append(summary is null ? "" : "</details>\n\n");
    }

    private static string More(int more) => more > 0 ? $"\nand {Count(more)} more.\n\n" : "";
}
