using DropForensics.Analyze.Queries;
using DropForensics.Core.Model;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Redact;

/// <summary>Stacks by id, as they are stored.</summary>
internal sealed class StackFrames(SqliteConnection connection) : IDisposable
{
    private readonly IdLookup _frames = new(
        connection, "SELECT y.name, f.offset, y.module FROM stack_frame f JOIN symbol y ON y.id = f.symbol_id WHERE f.stack_id = ?1 ORDER BY f.position");

    public CallStack Of(long id)
    {
        List<Frame> frames = [];
        for (bool more = _frames.Find(id); more; more = _frames.Next())
        {
            frames.Add(new Frame(_frames.Text(0) ?? "", _frames.Number(1), _frames.Text(2)));
        }

        return new CallStack(frames);
    }

    /// <inheritdoc/>
    public void Dispose() => _frames.Dispose();
}
