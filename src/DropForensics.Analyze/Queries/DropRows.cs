using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// All drops in the order of their time, each as its row of the view <c>drops</c>. Nothing takes memory with the length of a capture: the
/// order is sorted by SQLite, in a temporary file where it is long.
/// </summary>
internal sealed class DropRows : IDisposable
{
    private const string Order = "SELECT id, t_ns FROM drop_event ORDER BY t_ns, cpu, raw_line";

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, int> _columns;

    public DropRows(SqliteConnection connection)
    {
        _connection = connection;
        Row = new IdLookup(connection, "SELECT * FROM drops WHERE id = ?1");
        _columns = Enumerable.Range(0, Row.Columns).ToDictionary(Row.Name);
    }

    /// <summary>The current row.</summary>
    public IdLookup Row { get; }

    /// <summary>The place of a column by its name.</summary>
    public int this[string column] => _columns[column];

    /// <summary>Goes to each drop and calls <paramref name="each"/> with its <c>t_ns</c>.</summary>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    /// <exception cref="OperationCanceledException">Stopped, between two drops.</exception>
    public void Read(Action<long> each, CancellationToken stop) => DirectRows.ReadNumbers(_connection, Order, row =>
    {
        stop.ThrowIfCancellationRequested();

        // The view joins what a damaged file may lack.
        if (Row.Find(row[0]))
        {
            each(row[1]);
        }
    });

    /// <inheritdoc/>
    public void Dispose() => Row.Dispose();
}
