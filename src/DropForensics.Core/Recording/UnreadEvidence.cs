using System.Text;

namespace DropForensics.Core.Recording;

/// <summary>
/// Something about the host that could not be read: it vanished or changed during the read, or the kernel refused. Evidence is then missing, but the
/// capture goes on. Kept as an artifact of each phase (<see cref="Path"/>), one a line: <c>WHAT</c>, a tab, <c>WHY</c>.
/// </summary>
/// <param name="What"><c>network namespace 4026532178</c>, <c>interfaces of network namespace 4026532178</c>, <c>/proc/modules</c>.</param>
/// <param name="Why">In words: <c>it disappeared before it was read</c>, or the system's own message.</param>
public sealed record UnreadEvidence(string What, string Why)
{
    /// <summary>Path of the list among a capture's artifacts.</summary>
    public const string Path = "unread";

    // A host of containers can lose thousands of namespaces for one reason.
    private const int MaxLines = 200, Named = 3;

    /// <summary>The artifact; at most 200 lines, the last one then counts the rest.</summary>
    public static byte[] Format(IReadOnlyList<UnreadEvidence> unread)
    {
        var text = new StringBuilder();
        foreach (UnreadEvidence each in unread.Take(MaxLines))
            text.Append(OneLine(each.What)).Append('\t').Append(OneLine(each.Why)).Append('\n');
        if (unread.Count > MaxLines)
            text.Append($"{unread.Count - MaxLines} more\tthe list is cut here\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads the artifact. Lines of another form are left out.</summary>
    public static IReadOnlyList<UnreadEvidence> Parse(ReadOnlySpan<byte> text)
    {
        var unread = new List<UnreadEvidence>();
        foreach (string line in Encoding.UTF8.GetString(text).Split('\n'))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            if (tab > 0)
                unread.Add(new UnreadEvidence(line[..tab], line[(tab + 1)..]));
        }
        return unread;
    }

    /// <summary>Names the first of them and counts the rest; null if everything was read.</summary>
    /// <param name="before">What could not be read before the window.</param>
    /// <param name="after">The same after it.</param>
    public static string? Sentence(IReadOnlyList<UnreadEvidence> before, IReadOnlyList<UnreadEvidence> after)
    {
        string[] all = [.. before.Select(each => $"{each.What} before the window ({each.Why})"), .. after.Select(each => $"{each.What} after the window ({each.Why})")];
        if (all.Length == 0)
            return null;
        string more = all.Length > Named ? $", and {all.Length - Named} more" : "";
        return $"Part of the host could not be read: {string.Join(", ", all.Take(Named))}{more}. Names and counters may be missing for it; drops are not.";
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Replace('\t', ' ');
}
