namespace DropForensics.Analyze.Display;

/// <summary>Sentences of ours in which backticks mark the kernel's names.</summary>
public static class Prose
{
    /// <summary>The sentence where there is but one typeface.</summary>
    public static string Plain(string sentence) => sentence.Replace("`", "", StringComparison.Ordinal);

    /// <summary>Its parts in order, the marked ones told from the others.</summary>
    public static IEnumerable<(string Text, bool IsName)> Parts(string sentence) =>
        sentence.Split('`').Select((text, i) => (text, i % 2 == 1)).Where(p => p.text.Length > 0);
}
