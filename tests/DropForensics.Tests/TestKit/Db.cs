using Microsoft.Data.Sqlite;

namespace DropForensics.Tests.TestKit;

/// <summary>Looks into a capture file with nothing but SQL.</summary>
internal static class Db
{
    /// <summary>The first column of the first row.</summary>
    public static T Scalar<T>(string file, string sql) => Rows<T>(file, sql).Single();

    /// <summary>The first column of every row.</summary>
    public static List<T> Rows<T>(string file, string sql) =>
        Read(file, sql, reader => reader.IsDBNull(0) ? default! : reader.GetFieldValue<T>(0));   // null only where T allows it

    /// <summary>Every column of every row as text, NULL as null.</summary>
    public static List<string?[]> Texts(string file, string sql) =>
        Read(file, sql, reader =>
            Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetString(i)).ToArray());

    private static List<T> Read<T>(string file, string sql, Func<SqliteDataReader, T> row)
    {
        SQLitePCL.Batteries_V2.Init();
        using var connection = new SqliteConnection($"Data Source={file};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read()) rows.Add(row(reader));
        return rows;
    }
}
