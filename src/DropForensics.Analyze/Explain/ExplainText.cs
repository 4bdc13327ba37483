using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Explain;

/// <summary>The answer to <c>analyze explain</c> for people: plain text, so that it can be copied.</summary>
internal static class ExplainText
{
    private const int Width = 100;

    public static void Write(Explanation explanation, TextWriter output)
    {
        foreach (NumberMeaning meaning in explanation.Number)
        {
            Wrap(output, $"{explanation.Asked} is {meaning.Name} in {string.Join(", ", meaning.Kernels)}.", "");
        }

        if (explanation.Number.Count > 0) output.WriteLine();
        for (int i = 0; i < explanation.Entries.Count; i++)
        {
            if (i > 0) output.WriteLine();
            Write(explanation.Entries[i], explanation.Asked, output);
        }
    }

    private static void Write(KnowledgeEntry entry, string asked, TextWriter output)
    {
        string name = entry.IsReason ? string.Join(" or ", entry.Names.Select(n => n.Kernels is null ? n.Name : $"{n.Name} ({n.Kernels.Words})")) : asked;
        if (entry.In.Count > 0) name += $" in {string.Join(", ", entry.In.Select(n => n.Name))}";
        if (entry.When.Count > 0) name += $", where {string.Join(" and ", entry.When.Select(w => w.Words))}";
        Wrap(output, $"{name}: {Word(entry)}; {entry.Kernels.Words}", "");
        output.WriteLine();
        Wrap(output, entry.What, "");
        output.WriteLine();
        output.WriteLine("Usual causes");
        foreach (string cause in entry.Causes) Wrap(output, cause, "    ", "  - ");
        output.WriteLine();
        output.WriteLine("Check next");
        foreach (KnownCheck check in entry.Checks)
        {
            output.WriteLine($"  {check.Command}");
            Wrap(output, check.Shows, "      ");
        }

        string[] variables = Variables.Where(v => entry.Checks.Any(c => c.Command.Contains($"${v.Name}", StringComparison.Ordinal))).Select(v => $"{v.Name}={v.Example}").ToArray();
        if (variables.Length > 0) Wrap(output, $"Set these first: {string.Join(' ', variables)}", "  ");
        output.WriteLine();
        output.WriteLine("Counters that grow with it");
        Wrap(output, entry.Counters.Count > 0 ? string.Join(", ", entry.Counters) : "none", "  ");
    }

    private static (string Name, string Example)[] Variables { get; } = [("IF", "eth0"), ("ADDR", "192.0.2.1"), ("PORT", "53")];

    private static string Word(KnowledgeEntry entry) => entry.Severity switch
    {
        _ when entry.IsNoise => "harmless, no loss",
        Severity.Harmless => "harmless",
        Severity.Depends => "depends on the traffic",
        _ => "harmful",
    };

    /// <summary>Lines of words, the first of which begins with another indent.</summary>
    private static void Wrap(TextWriter output, string text, string indent, string? first = null)
    {
        string line = first ?? indent;
        bool isEmpty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!isEmpty && line.Length + 1 + word.Length > Width)
            {
                output.WriteLine(line);
                (line, isEmpty) = (indent, true);
            }

            line += (isEmpty ? "" : " ") + word;
            isEmpty = false;
        }

        output.WriteLine(line);
    }
}
