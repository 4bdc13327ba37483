using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Recording;

/// <summary>
/// One CPU's ring and the two ways to read it: both consume, so what is read one way is not seen the other. It goes over to pages when text
/// fell behind twice in a row, and back after a second of calm.
/// </summary>
/// <param name="text">The CPU's trace_pipe.</param>
/// <param name="pages">Its trace_pipe_raw; null where only text is to be had.</param>
/// <param name="pageBytes">Of one page.</param>
/// <param name="pagesOnly">Text is not wanted.</param>
internal sealed class Lane(PerCpuPipe text, PerCpuPipe? pages, int pageBytes, bool pagesOnly)
{
    // A read of text takes at most two machine pages, and with less room some of it may stay behind in the pipe.
    private const int TextRoom = 8192;

    private const int FullBlocksBehind = 2, CalmPages = 2;
    private const long CalmMs = 1000;

    private bool _readsPages;
    private bool _endsLine = true;
    private int _fullBlocks;
    private long _busyAt;

    public int Cpu => text.Cpu;

    /// <summary>For poll.</summary>
    public int Fd => text.Fd;

    /// <summary>False where a poll comes back at once with an error: the kernel has no ring for a CPU that has not been online since. It is swept all the same.</summary>
    public bool CanBePolled { get; set; } = true;

    /// <summary>Drops come in fast, and are to be looked for again soon.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Of <see cref="PipeReader.Mark"/>: how many were made when the ring was last found empty.</summary>
    public int Marks { get; set; }

    /// <summary>The last block was filled: there is more.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Fills a block from the ring, which may leave it empty.</summary>
    /// <param name="block">Its length and its kind are set.</param>
    /// <param name="pagesAllowed">Pages may be read.</param>
    public void Fill(Block block, bool pagesAllowed)
    {
        block.Cpu = Cpu;
        block.Length = 0;
        bool wantsPages = pages is not null && pagesAllowed && (pagesOnly || _readsPages || _fullBlocks >= FullBlocksBehind);
        if (wantsPages && !_endsLine)
        {
            // The rest of a line waits in the pipe itself, ahead of all that is in the ring.
            FillText(block, reads: 1);
            block.PageBytes = 0;
            if (block.Length > 0) return;
        }

        _endsLine |= wantsPages;
        if (wantsPages && !_readsPages) _busyAt = Environment.TickCount64;
        _readsPages = wantsPages;
        block.PageBytes = wantsPages ? pageBytes : 0;
        if (wantsPages && pages is not null) FillPages(block, pages);
        else FillText(block, int.MaxValue);
    }

    /// <summary>The other way from the next block on.</summary>
    internal void Change(bool toPages)
    {
        _fullBlocks = toPages ? FullBlocksBehind : 0;
        _readsPages = toPages;
    }

    private void FillText(Block block, int reads)
    {
        for (; reads > 0 && block.Bytes.Length - block.Length >= TextRoom; reads--)
        {
            int read = text.Read(block.Bytes.AsSpan(block.Length));
            if (read == 0) break;
            block.Length += read;
            _endsLine = block.Bytes[block.Length - 1] == '\n';
        }

        HasMore = block.Length > 0;
        IsBusy = false;
        _fullBlocks = block.Bytes.Length - block.Length < TextRoom ? _fullBlocks + 1 : 0;
    }

    private void FillPages(Block block, PerCpuPipe from)
    {
        while (block.Bytes.Length - block.Length >= pageBytes)
        {
            int read = from.Read(block.Bytes.AsSpan(block.Length, pageBytes));
            if (read == 0) break;
            block.Length += read;

            // Never seen; a page cut short must not be taken for the beginning of the next.
            if (read < pageBytes)
            {
                block.Bytes.AsSpan(block.Length, pageBytes - read).Clear();
                block.Length += pageBytes - read;
            }
        }

        HasMore = block.Bytes.Length - block.Length < pageBytes;
        IsBusy = block.Length > 0;
        long now = Environment.TickCount64;
        if (block.Length > CalmPages * pageBytes) _busyAt = now;
        else if (!pagesOnly && now - _busyAt >= CalmMs) Change(toPages: false);
    }
}
