using System.Text.Json;
using DropForensics.Analyze.Knowledge;
using DropForensics.Core.Commands;

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

/// <summary>All that <c>analyze explain</c> knows, a line each: reasons first, then functions that drop without one.</summary>
/// <param name="Format">Of the document; a name may be added without it changing.</param>
/// <param name="Entries">By kind and name.</param>
internal sealed record ExplainList(int Format, IReadOnlyList<ExplainList.KnownName> Entries)
{
    /// <param name="knowledge">What is known.</param>
    /// <param name="kernel">Of this kernel alone; null: of any.</param>
    /// <param name="json">One JSON document instead of text.</param>
    /// <param name="output">Takes it.</param>
    public static void Write(KnowledgeBase knowledge, KernelVersion? kernel, bool json, TextWriter output)
    {
        List<KnownName> entries = [.. knowledge.Entries
            .Where(entry => entry.Kernels.Contains(kernel) && entry.In.Count == 0 && entry.When.Count == 0)
            .SelectMany(entry => entry.Names.Where(name => name.Kernels is null || name.Kernels.Contains(kernel)), (entry, name) => new KnownName(entry.IsReason ? "reason" : "function", name.Name, entry.Severity, entry.What))
            .DistinctBy(entry => (entry.Kind, entry.Name)).OrderByDescending(entry => entry.Kind, StringComparer.Ordinal).ThenBy(entry => entry.Name, StringComparer.Ordinal)];
        if (json)
        {
            output.WriteLine(JsonText.Readable(JsonSerializer.Serialize(new ExplainList(1, entries), ExplainJsonContext.Default.ExplainList)));
            return;
        }

        int width = entries.Max(entry => entry.Name.Length);
        foreach (KnownName entry in entries)
        {
            output.WriteLine($"{entry.Name.PadRight(width)}  {SeverityWord.Of(entry.Severity),-8}  {FirstSentence(entry.What)}");
        }
    }

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is > 0 and int end ? text[..(end + 1)] : text;

    /// <summary>One name.</summary>
    /// <param name="Kind"><c>reason</c> or <c>function</c>.</param>
    /// <param name="Name">As the kernel prints it.</param>
    /// <param name="Severity">Of its drops.</param>
    /// <param name="What">What it means.</param>
    internal sealed record KnownName(string Kind, string Name, Severity Severity, string What);
}
