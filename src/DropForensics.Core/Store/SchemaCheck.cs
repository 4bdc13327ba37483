using Microsoft.Data.Sqlite;

namespace DropForensics.Core.Store;

/// <summary>
/// Whether a file's tables, views and indexes are those of schema.sql, to the word. Only then do its views run: a forged one may compute for
/// hours, a table may be a virtual one or have columns that are computed, and a view may stand in a table's place.
/// </summary>
internal static class SchemaCheck
{
    // What nobody's own file has; a forged one may have millions.
    private const int MostEntries = 1000;

    private static readonly Lazy<SortedDictionary<string, string>> Ours = new(() =>
    {
        using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = CaptureFile.Schema;
        command.ExecuteNonQuery();
        return Read(connection);
    });

    /// <summary>What is not as in schema.sql, in words; null where all is.</summary>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    public static string? Difference(SqliteConnection connection)
    {
        SortedDictionary<string, string> there = Read(connection);
        foreach ((string name, string sql) in there)
        {
            if (!Ours.Value.TryGetValue(name, out string? ours)) return $"{name} is added";
            if (ours != sql) return $"{name} is another";
        }

        return Ours.Value.Keys.FirstOrDefault(name => !there.ContainsKey(name)) is { } missing ? $"{missing} is missing" : null;
    }

    /// <summary>
    /// The same for an earlier version, which had several forms: the tables it is read from, which are those of today's names, must be plain ones.
    /// </summary>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    public static string? DifferenceOfEarlier(SqliteConnection connection)
    {
        SortedDictionary<string, string> there = Read(connection);
        foreach (string table in Ours.Value.Keys.Where(name => name.StartsWith("table ", StringComparison.Ordinal)).Select(name => name[6..]))
        {
            if (there.TryGetValue($"table {table}", out string? sql)
                ? sql.Contains(" VIRTUAL ", StringComparison.OrdinalIgnoreCase) || HasComputedColumns(connection, table)
                : table is "capture" or "raw_chunk" || there.ContainsKey($"view {table}"))
                return $"table {table} is missing or another";
        }

        return null;
    }

    private static bool HasComputedColumns(SqliteConnection connection, string table)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM pragma_table_xinfo('{table}') WHERE hidden <> 0";
        return command.ExecuteScalar() is not 0L;
    }

    // "view drops" -> its table and its text
    private static SortedDictionary<string, string> Read(SqliteConnection connection)
    {
        var entries = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = $"SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema LIMIT {MostEntries}";
        using SqliteDataReader rows = command.ExecuteReader();
        while (rows.Read())
        {
            string name = $"{Text(rows, 0)} {Text(rows, 1)}";
            if (!entries.TryAdd(name, $"{Text(rows, 2)}: {SqlText.Normalize(Text(rows, 3))}")) entries[name] = "twice";
        }

        return entries;
    }

    private static string Text(SqliteDataReader rows, int column) => rows.IsDBNull(column) ? "" : rows.GetString(column);
}
