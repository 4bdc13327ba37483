using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Recording;

/// <summary>
/// Sweeps the per-CPU pipes: one look at each a few times a second at rest, again at once while there is anything to read. The
/// cost follows the drops, not the CPUs.
/// </summary>
internal sealed unsafe class PipeReader(PerCpuPipes pipes, BlockQueue queue)
{
    private const int RestMs = 200;

    /// <summary>Reads until the deadline or <paramref name="ended"/>. What is in the rings then is left to <see cref="Drain"/>.</summary>
    /// <param name="deadlineNs">On CLOCK_MONOTONIC.</param>
    /// <param name="ended">Something else ended the window.</param>
    /// <param name="writerFailed">Nobody takes blocks any more.</param>
    /// <exception cref="OperationCanceledException">The writer failed.</exception>
    public void Run(long deadlineNs, CancellationToken ended, CancellationToken writerFailed)
    {
        while (!ended.IsCancellationRequested)
        {
            var leftMs = (deadlineNs - Libc.ReadClockNs(Libc.ClockMonotonic)) / 1_000_000;
            if (leftMs <= 0) return;
            if (!Sweep(writerFailed)) WaitForMore((int)Math.Min(RestMs, leftMs));
        }
    }

    /// <summary>Reads all that is left; to be called when the gate is shut.</summary>
    public void Drain(CancellationToken writerFailed)
    {
        while (Sweep(writerFailed))
        {
        }
    }

    /// <summary>One look at each pipe, at most one block from each.</summary>
    /// <returns>Whether anything was read.</returns>
    private bool Sweep(CancellationToken writerFailed)
    {
        var any = false;
        foreach (var pipe in pipes.All)
        {
            var block = queue.Rent(writerFailed);
            block.Cpu = pipe.Cpu;
            block.Length = Fill(pipe, block.Bytes);
            if (block.Length == 0)
            {
                queue.Return(block);
                continue;
            }

            any = true;
            queue.Push(block);
        }

        return any;
    }

    /// <summary>One read gives at most two pages of text, so several go into a block.</summary>
    private static int Fill(PerCpuPipe pipe, byte[] bytes)
    {
        var length = 0;
        while (bytes.Length - length >= 8192)
        {
            var read = pipe.Read(bytes.AsSpan(length));
            if (read == 0) break;
            length += read;
        }

        return length;
    }

    /// <summary>The kernel wakes a poll when a ring reaches buffer_percent, so a burst does not wait for the next sweep.</summary>
    private void WaitForMore(int timeoutMs)
    {
        Span<Libc.PollFd> waits = stackalloc Libc.PollFd[Math.Min(pipes.All.Count, 512)];
        for (var i = 0; i < waits.Length; i++) waits[i] = new Libc.PollFd { Fd = pipes.All[i].Fd, Events = Libc.PollIn };
        fixed (Libc.PollFd* start = waits) _ = Libc.Poll(start, (nuint)waits.Length, timeoutMs);
    }
}
