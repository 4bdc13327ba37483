using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// Those columns of the view <c>drops</c> that follow from a part of the drop, its task for example. Drops are many and tasks are few: the view is
/// asked at the first drop of each. What it said is kept, up to a bound, for a flood may have as many flows as drops.
/// </summary>
internal sealed class DropPart : IDisposable
{
    // In characters. A value counts for some more than its text has; then tens of thousands of flows have room.
    private const int MostKept = 1 << 23, LeastOfValue = 16;

    private readonly DropRow _row;
    private readonly int[] _places;
    private readonly IdLookup _view;
    private readonly Dictionary<(long?, long?), DropValue[]> _known = [];
    private DropValue[]? _current;
    private (long?, long?) _key;
    private long _kept;

    /// <param name="connection">The capture.</param>
    /// <param name="row">Filled.</param>
    /// <param name="columns">The view's that are filled.</param>
    public DropPart(SqliteConnection connection, DropRow row, params string[] columns)
    {
        (_row, _places) = (row, [.. columns.Select(column => row[column])]);
        _view = new IdLookup(connection, $"SELECT {string.Join(", ", columns)} FROM drops WHERE id = ?1");
    }

    /// <summary>Fills the columns of a drop; false where the view has no such drop, because a damaged file lacks what it joins.</summary>
    /// <param name="key">The ids the columns follow from.</param>
    /// <param name="drop">The drop's id.</param>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    public bool Fill((long?, long?) key, long drop)
    {
        if (_current is not null && key == _key)
        {
            return true; // as it was at the drop before
        }

        if (!_known.TryGetValue(key, out DropValue[]? values))
        {
            if (!_view.Find(drop))
            {
                return false;
            }

            values = [.. Enumerable.Range(0, _places.Length).Select(Value)];
            _kept += values.Sum(value => LeastOfValue + (value.Text?.Length ?? 0));
            if (_kept > MostKept)
            {
                _known.Clear();
                _kept = 0;
            }

            _known.Add(key, values);
        }

        (_current, _key) = (values, key);
        for (int i = 0; i < values.Length; i++)
        {
            _row.Set(_places[i], values[i]);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _view.Dispose();

    private DropValue Value(int column) => _view.IsNumber(column) ? new DropValue(null, _view.Number(column)) : new DropValue(_view.Text(column), null);
}
