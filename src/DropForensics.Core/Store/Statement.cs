using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>
/// A prepared statement that is bound and run again and again. It speaks to SQLite directly because a SqliteCommand boxes
/// every number it binds, and a drop must cost no allocation. Bindings persist, so unchanged values, which are most of a drop's, are not bound again.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly Database _database;
    private readonly sqlite3_stmt _statement;

    // What each parameter is bound to; the first is number 1.
    private readonly long[] _numbers;
    private readonly Binding[] _bindings;

    public Statement(Database database, string sql)
    {
        _database = database;
        database.Check(raw.sqlite3_prepare_v2(database.Handle, sql, out _statement));
        int parameters = raw.sqlite3_bind_parameter_count(_statement) + 1;
        (_numbers, _bindings) = (new long[parameters], new Binding[parameters]);
    }

    private enum Binding : byte
    {
        Other,
        Null,
        Number,
    }

    public Statement Int(int parameter, long value)
    {
        if (_bindings[parameter] == Binding.Number && _numbers[parameter] == value) return this;
        _numbers[parameter] = value;
        return Bound(parameter, Binding.Number, raw.sqlite3_bind_int64(_statement, parameter, value));
    }

    public Statement Int(int parameter, long? value) => value is { } number ? Int(parameter, number) : Null(parameter);

    public Statement Text(int parameter, string? value) =>
        value is null ? Null(parameter) : Bound(parameter, Binding.Other, raw.sqlite3_bind_text(_statement, parameter, value));

    /// <summary>An empty blob is a blob, not NULL.</summary>
    public Statement Blob(int parameter, ReadOnlySpan<byte> value) => Bound(parameter, Binding.Other, value.IsEmpty
        ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0)
        : raw.sqlite3_bind_blob(_statement, parameter, value));

    /// <summary>Runs it to its end with what is bound.</summary>
    public void Run()
    {
        int code = raw.sqlite3_step(_statement);
        raw.sqlite3_reset(_statement); // says again what the step said
        if (code is not raw.SQLITE_DONE and not raw.SQLITE_ROW) _database.Check(code);
    }

    /// <summary>Runs it and returns the first column of its first row.</summary>
    public long ReadInt()
    {
        int code = raw.sqlite3_step(_statement);
        long value = code == raw.SQLITE_ROW ? raw.sqlite3_column_int64(_statement, 0) : 0;
        raw.sqlite3_reset(_statement);
        if (code != raw.SQLITE_ROW) _database.Check(code);
        return value;
    }

    public void Dispose() => _statement.Dispose();

    private Statement Null(int parameter) => _bindings[parameter] == Binding.Null ? this
        : Bound(parameter, Binding.Null, raw.sqlite3_bind_null(_statement, parameter));

    private Statement Bound(int parameter, Binding binding, int code)
    {
        _bindings[parameter] = code == raw.SQLITE_OK ? binding : Binding.Other;
        _database.Check(code);
        return this;
    }
}
