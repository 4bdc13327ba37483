using System.Text.RegularExpressions;

namespace DropForensics.Analyze.Display;

/// <summary>Sentences of ours in which backticks mark the kernel's names.</summary>
public static partial class Prose
{
    /// <summary>The sentence where there is but one typeface.</summary>
    public static string Plain(string sentence) => sentence.Replace("`", "", StringComparison.Ordinal);

    /// <summary>Its parts in order, the marked ones told from the others.</summary>
    public static IEnumerable<(string Text, bool IsName)> Parts(string sentence) =>
        sentence.Split('`').Select((text, i) => (text, i % 2 == 1)).Where(p => p.text.Length > 0);

    /// <summary>The parts of a text in order, numbers with their unit told from the others: a line must not end between the two.</summary>
    public static IEnumerable<(string Text, bool IsQuantity)> Quantities(string text) =>
        Quantity().Split(text).Select((part, i) => (part, i % 2 == 1)).Where(p => p.part.Length > 0);

    // "6.5 %", "<0.1 %", "1,204 /s", "57.3 ms"
    [GeneratedRegex(@"([<>]?[0-9][0-9.,]* (?:%|/s\b|(?:s|ms|B|[KMGT]iB)\b))")]
    private static partial Regex Quantity();
}
