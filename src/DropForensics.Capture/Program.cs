using Microsoft.Data.Sqlite;
SQLitePCL.Batteries_V2.Init();
using var c = new SqliteConnection("Data Source=:memory:");
c.Open();
using var q = c.CreateCommand();
q.CommandText = "select sqlite_version()";
Console.WriteLine(q.ExecuteScalar());
