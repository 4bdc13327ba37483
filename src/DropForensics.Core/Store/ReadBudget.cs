using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>
/// How many steps SQLite may take for one file, all queries together, and how many bytes of raw text it may give: a forged file of a few
/// pages can lead it in circles for years. What is counted are steps and not seconds, so that a slow machine, or a reader who takes pauses,
/// is not cut off.
/// </summary>
internal sealed class ReadBudget
{
    // Every query of ours over a whole file takes a few steps a byte; a report has some, `analyze verify` the most.
    private const long StepsPerByte = 50;
    private const long LeastSteps = 10_000_000;
    private const int StepsAtOnce = 10_000;

    // All raw text is read once or twice.
    private const long ReadsOfEachByte = 8;

    private readonly delegate_progress _count;
    private long _left;
    private long _bytesLeft;

    public ReadBudget(sqlite3 handle, long fileBytes)
    {
        _left = LeastSteps + (StepsPerByte * fileBytes);
        _bytesLeft = ReadsOfEachByte * fileBytes;
        _count = _ => (_left -= StepsAtOnce) < 0 ? 1 : 0; // not 0 ends the statement with SQLITE_INTERRUPT
        raw.sqlite3_progress_handler(handle, StepsAtOnce, _count, null);
    }

    /// <summary>Whether it is used up.</summary>
    public bool IsSpent => _left < 0;

    /// <summary>Takes packed text that was read; false where it is more than the file can hold, for chunks can lie on top of each other.</summary>
    public bool TryTake(int bytes) => (_bytesLeft -= bytes) >= 0;
}
