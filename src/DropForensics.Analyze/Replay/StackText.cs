using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Replay;

/// <summary>Stacks as text, a line for each frame, the deciding function first. What was read is kept, up to a bound: a forged name has any length.</summary>
internal sealed class StackText(SqliteConnection connection) : IDisposable
{
    // In characters. A frame counts for some more than its text has; then thousands of stacks have room.
    private const int MostKept = 1 << 24, LeastOfFrame = 32;

    private readonly IdLookup _frames = new(connection, "SELECT symbol, offset, module FROM frames WHERE stack_id = ?1 ORDER BY depth");
    private readonly Dictionary<long, List<string>> _known = [];
    private long _kept;

    /// <summary>The frames of a stack: <c>e1000_clean+0x296 [e1000]</c>.</summary>
    public List<string> Of(long stack)
    {
        if (_known.TryGetValue(stack, out List<string>? known))
        {
            return known;
        }

        List<string> found = [];
        for (bool more = _frames.Find(stack); more; more = _frames.Next())
        {
            string offset = _frames.Number(1) is { } bytes ? $"+0x{bytes:x}" : "";
            string module = _frames.Text(2) is { } name ? $" [{name}]" : "";
            found.Add(Visible.Text(_frames.Text(0) + offset + module));
        }

        int size = LeastOfFrame + found.Sum(frame => LeastOfFrame + frame.Length);
        _kept += size;
        if (_kept > MostKept)
        {
            _known.Clear();
            _kept = size;
        }

        _known.Add(stack, found);
        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => _frames.Dispose();
}
