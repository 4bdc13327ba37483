namespace DropForensics.Capture.Recording;

/// <summary>
/// A fixed set of blocks that go round between reader and writer. When the writer is behind, the reader finds none free and
/// waits: the kernel's ring then absorbs, and counts what it cannot. Who waits sleeps, and nothing is allocated: the framework's own
/// collections turn round for a while first, which a host at rest should not pay for.
/// </summary>
internal sealed class BlockQueue
{
    // How soon it is seen that the writer has failed.
    private const int LookMs = 50;

    private readonly object _change = new();
    private readonly Stack<Block> _free;
    private readonly Queue<Block> _full;
    private bool _isFinished;

    public BlockQueue(int blocks)
    {
        (_free, _full) = (new Stack<Block>(blocks), new Queue<Block>(blocks));
        for (int i = 0; i < blocks; i++) _free.Push(new Block());
    }

    /// <summary>A block to fill, the one given back last. Waits for the writer; gives up when the writer has failed.</summary>
    /// <exception cref="OperationCanceledException">The writer failed.</exception>
    public Block Rent(CancellationToken writerFailed)
    {
        lock (_change)
        {
            while (true)
            {
                writerFailed.ThrowIfCancellationRequested();
                if (_free.TryPop(out Block? block)) return block;
                Monitor.Wait(_change, LookMs);
            }
        }
    }

    /// <summary>Hands a filled block on.</summary>
    public void Push(Block block)
    {
        lock (_change)
        {
            _full.Enqueue(block);
            Monitor.Pulse(_change);
        }
    }

    /// <summary>The next filled block.</summary>
    /// <returns>False when none came in the time given, or the reader has finished: see <see cref="IsFinished"/>.</returns>
    public bool TryPop(int timeoutMs, out Block? block)
    {
        lock (_change)
        {
            if (_full.Count == 0 && !_isFinished && timeoutMs > 0) Monitor.Wait(_change, timeoutMs);
            return _full.TryDequeue(out block);
        }
    }

    /// <summary>Gives an emptied block back.</summary>
    public void Return(Block block)
    {
        lock (_change)
        {
            _free.Push(block);
            Monitor.Pulse(_change);
        }
    }

    /// <summary>The reader will push no more.</summary>
    public void Finish()
    {
        lock (_change)
        {
            _isFinished = true;
            Monitor.Pulse(_change);
        }
    }

    /// <summary>The reader has finished and every block was popped.</summary>
    public bool IsFinished
    {
        get
        {
            lock (_change) return _isFinished && _full.Count == 0;
        }
    }
}

/// <summary>Bytes of one CPU's ring, text or pages, on their way from the reader to the writer. Blocks are reused.</summary>
internal sealed class Block
{
    /// <summary>Room for several of the kernel's reads of text (two pages of 4 KiB each), and for a page of a ring: 4, 16 or 64 KiB.</summary>
    public const int Size = 64 * 1024;

    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(Size);

    public int Cpu { get; set; }

    public int Length { get; set; }

    /// <summary>Of an empty block: the last <see cref="PipeReader.Mark"/> before the ring was found empty.</summary>
    public int Mark { get; set; }

    /// <summary>It holds pages of so many bytes each; 0 where it holds text.</summary>
    public int PageBytes { get; set; }
}
