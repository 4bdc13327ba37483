using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Tests.TestKit;

/// <summary>Rows of a query as values, NULL as null.</summary>
internal static class Rows
{
    public static List<object?[]> Of(CaptureReader reader, string sql)
    {
        using SqliteCommand command = reader.Connection.CreateCommand();
        command.CommandText = sql;
        using SqliteDataReader rows = command.ExecuteReader();
        var all = new List<object?[]>();
        while (rows.Read()) all.Add([.. Enumerable.Range(0, rows.FieldCount).Select(i => rows.IsDBNull(i) ? null : rows.GetValue(i))]);
        return all;
    }
}
