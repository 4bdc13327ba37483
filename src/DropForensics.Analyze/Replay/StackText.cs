using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Replay;

/// <summary>Stacks as text, a line for each frame, the deciding function first; each is read once, up to a bound.</summary>
internal sealed class StackText(SqliteConnection connection) : IDisposable
{
    private const int MostKept = 1 << 12;

    private readonly IdLookup _frames = new(connection, "SELECT symbol, offset, module FROM frames WHERE stack_id = ?1 ORDER BY depth");
    private readonly Dictionary<long, List<string>> _known = [];

    /// <summary>The frames of a stack: <c>e1000_clean+0x296 [e1000]</c>.</summary>
    public List<string> Of(long stack)
    {
        if (_known.TryGetValue(stack, out List<string>? known))
        {
            return known;
        }

        if (_known.Count >= MostKept)
        {
            _known.Clear();
        }

        List<string> found = [];
        for (bool more = _frames.Find(stack); more; more = _frames.Next())
        {
            string offset = _frames.Number(1) is { } bytes ? $"+0x{bytes:x}" : "";
            string module = _frames.Text(2) is { } name ? $" [{name}]" : "";
            found.Add(Visible.Text(_frames.Text(0) + offset + module));
        }

        _known.Add(stack, found);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _frames.Dispose();
}
