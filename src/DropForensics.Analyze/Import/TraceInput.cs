using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Import;

/// <summary>
/// The text of an import, block by block. A file that is stopped half way is given up. Standard input comes from something
/// that records, and to stop it is how it ends: <c>cat trace_pipe | analyze import - -o C.db</c> and Ctrl-C.
/// </summary>
/// <param name="text">The text; whoever opened it closes it.</param>
/// <param name="stopIsEnd">To stop is the end of the text.</param>
/// <param name="stop">Stops.</param>
/// <param name="progress">Receives progress; null: no one watches.</param>
internal sealed class TraceInput(Stream text, bool stopIsEnd, CancellationToken stop, ProgressLine? progress = null)
{
    // What lay in a pipe when the stop came belongs to the text; no pipe of an ordinary user holds more (fs.pipe-max-size).
    private const int MostAfterStop = 1 << 20;
    private const int PatienceAfterStopMs = 250;

    private int _afterStop;
    private long _bytes;

    /// <summary>The next bytes; 0 at the end.</summary>
    /// <exception cref="OperationCanceledException">Stopped, where that is not the end.</exception>
    public int Read(Memory<byte> block)
    {
        int read = stopIsEnd ? ReadUntilStopped(block) : text.Read(block.Span);
        if (!stopIsEnd)
        {
            stop.ThrowIfCancellationRequested();
        }

        progress?.At(_bytes += read);
        return read;
    }

    // A read of a terminal or an idle pipe cannot be interrupted: it is left waiting, and ends with the process.
    private int ReadUntilStopped(Memory<byte> block)
    {
        Task<int> reading = Task.Factory.StartNew(() => text.Read(block.Span), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Task.WaitAny([reading], stop);
        }
        catch (OperationCanceledException)
        {
            if (_afterStop >= MostAfterStop || Task.WaitAny([reading], PatienceAfterStopMs) < 0)
            {
                return 0;
            }
        }

        int read = reading.GetAwaiter().GetResult();
        _afterStop += stop.IsCancellationRequested ? read : 0;
        return read;
    }
}
