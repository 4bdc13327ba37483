using System.Text.Json;
using DropForensics.Analyze.Knowledge;
using DropForensics.Core.Commands;

namespace DropForensics.Analyze.Explain;

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
