using System.Collections.Concurrent;

namespace DropForensics.Capture.Recording;

/// <summary>
/// A fixed set of blocks that go round between reader and writer. When the writer is behind, the reader finds none free and
/// waits: the kernel's ring then absorbs, and counts what it cannot.
/// </summary>
internal sealed class BlockQueue : IDisposable
{
    private readonly BlockingCollection<Block> _free;
    private readonly BlockingCollection<Block> _full;

    public BlockQueue(int blocks)
    {
        _free = new BlockingCollection<Block>(blocks);
        _full = new BlockingCollection<Block>(blocks);
        for (var i = 0; i < blocks; i++) _free.Add(new Block());
    }

    /// <summary>A block to fill. Waits for the writer; gives up when the writer has failed.</summary>
    /// <exception cref="OperationCanceledException">The writer failed.</exception>
    public Block Rent(CancellationToken writerFailed) => _free.Take(writerFailed);

    /// <summary>Hands a filled block on.</summary>
    public void Push(Block block) => _full.Add(block, CancellationToken.None);

    /// <summary>The next filled block.</summary>
    /// <returns>False when none came in the time given, or the reader has finished: see <see cref="IsFinished"/>.</returns>
    public bool TryPop(int timeoutMs, out Block? block) => _full.TryTake(out block, timeoutMs);

    /// <summary>Gives an emptied block back.</summary>
    public void Return(Block block) => _free.Add(block);

    /// <summary>The reader will push no more.</summary>
    public void Finish() => _full.CompleteAdding();

    /// <summary>The reader has finished and every block was popped.</summary>
    public bool IsFinished => _full.IsCompleted;

    public void Dispose()
    {
        _free.Dispose();
        _full.Dispose();
    }
}
