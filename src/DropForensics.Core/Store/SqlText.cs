using System.Text;

namespace DropForensics.Core.Store;

/// <summary>SQL as SQLite reads it: without comments, and one blank for any white space, so that two texts can be compared.</summary>
internal static class SqlText
{
    /// <summary>Strings and quoted names stay as they are; what is not closed lasts to the end of the text, as in SQLite.</summary>
    public static string Normalize(string sql)
    {
        var text = new StringBuilder(sql.Length);
        for (int at = 0; at < sql.Length;)
        {
            int end = EndOfToken(sql, at, out bool isBlank);
            if (!isBlank) text.Append(sql, at, end - at);
            else if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
            at = end;
        }

        return text.ToString().TrimEnd(' ');
    }

    private static int EndOfToken(string sql, int at, out bool isBlank)
    {
        string rest = sql.Length - at > 1 ? sql.Substring(at, 2) : sql[at..];
        isBlank = true;
        if (rest == "--") return IndexAfter(sql, "\n", at + 2);
        if (rest == "/*") return IndexAfter(sql, "*/", at + 2);
        if (sql[at] is ' ' or '\t' or '\n' or '\r' or '\f') return at + 1;
        isBlank = false;
        return sql[at] switch
        {
            '\'' or '"' or '`' => IndexAfter(sql, sql[at].ToString(), at + 1),
            '[' => IndexAfter(sql, "]", at + 1),
            _ => at + 1,
        };
    }

    private static int IndexAfter(string sql, string end, int from) => sql.IndexOf(end, from, StringComparison.Ordinal) is >= 0 and var found ? found + end.Length : sql.Length;
}
