using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Microsoft.Data.Sqlite;
using Xunit;

namespace DropForensics.Tests.Core.Store;

public sealed class StatementTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Each_run_has_what_was_bound_last_whatever_was_bound_before()
    {
        string path = _scratch.File("s.db");
        long?[] numbers = [null, 0, 0, null, null, 7, 7, 0, -1, long.MaxValue, long.MaxValue, null, 1];
        using (Database database = Database.Create(path, force: false))
        {
            database.Execute("CREATE TABLE t (id INTEGER PRIMARY KEY, a, b)");
            using Statement add = database.Prepare("INSERT INTO t (a, b) VALUES (?1, ?2)");
            foreach (long? number in numbers) add.Int(1, number).Int(2, number).Run();

            // Text between two equal numbers, and between two NULLs.
            add.Int(1, 1L).Text(2, null).Run();
            add.Text(1, "one").Blob(2, []).Run();
            add.Int(1, 1L).Text(2, null).Run();
        }

        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "SELECT quote(a) || ' ' || quote(b) FROM t ORDER BY id";
        using SqliteDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(reader.GetString(0));
        Assert.Equal(
            [.. numbers.Select(number => $"{number?.ToString() ?? "NULL"} {number?.ToString() ?? "NULL"}"), "1 NULL", "'one' X''", "1 NULL"], rows);
    }
}
