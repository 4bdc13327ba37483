using DropForensics.Core;
using DropForensics.Core.Decoding;
using DropForensics.Core.Packets;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Analyze.Selection;

/// <summary>
/// The packets in one stream's text, read chunk by chunk. They are requested roughly in the order of their lines: skipped ones are kept for
/// a while.
/// </summary>
internal sealed class PacketStream : IDisposable
{
    // In a text joined from several, times go back. They do not in a kernel's own text.
    private const int MostPassed = 1 << 16;

    private readonly CaptureReader _capture;
    private readonly ChunkReader _chunks;
    private readonly TraceTextDecoder _decoder;
    private readonly bool _hasPayload;
    private readonly Queue<StoredPacket> _ahead = [];
    private readonly Dictionary<long, StoredPacket> _passed = [];
    private bool _isAtEnd;

    /// <param name="capture">The capture.</param>
    /// <param name="cpu">The stream; null for the merged one.</param>
    /// <param name="hitsOf">The function whose calls were recorded, null for drops.</param>
    /// <param name="hasPayload">Whether more than headers was stored.</param>
    public PacketStream(CaptureReader capture, int? cpu, string? hitsOf, bool hasPayload)
    {
        (_capture, _hasPayload) = (capture, hasPayload);
        _chunks = capture.Chunks(cpu);
        _decoder = new TraceTextDecoder(ReasonTable.Empty, hitsOf) { OnPacket = Keep };
    }

    /// <summary>How many skipped ones could not be kept.</summary>
    public long Forgotten { get; private set; }

    /// <summary>The packet of a line; null if it shows none with a known header.</summary>
    /// <exception cref="UserError">The text is damaged.</exception>
    public StoredPacket? Take(long line)
    {
        if (_passed.Remove(line, out StoredPacket? passed))
        {
            return passed;
        }

        while (true)
        {
            while (_ahead.TryPeek(out StoredPacket? next) && next.Line <= line)
            {
                _ahead.Dequeue();
                if (next.Line == line)
                {
                    return next;
                }

                Pass(next);
            }

            // Lines lags behind by at most an open stack, which has no packet.
            if (_ahead.Count > 0 || _isAtEnd || _decoder.Lines.Total >= line)
            {
                return null;
            }

            Read();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _chunks.Dispose();

    private void Pass(StoredPacket packet)
    {
        if (_passed.Count < MostPassed)
        {
            _passed.TryAdd(packet.Line, packet);
        }
        else
        {
            Forgotten++;
        }
    }

    private void Read()
    {
        if (_chunks.Next())
        {
            if (_chunks.Fault is { } fault)
            {
                throw new UserError($"{_capture.Path} is damaged: chunk {_chunks.Id} of the raw text {fault.What}", "Copy it again from where it was captured.");
            }

            _decoder.Feed(_chunks.Text);
        }
        else
        {
            _isAtEnd = true;
            _decoder.Complete();
        }

        _decoder.Batch.Clear();
    }

    private void Keep(long line, in SkbWindow window)
    {
        if (PacketSlice.TryFind(window, _hasPayload, out PacketSlice slice))
        {
            _ahead.Enqueue(new StoredPacket(line, slice.Start, window.Bytes[slice.Range.Start..slice.Range.End].ToArray(), slice.Length));
        }
    }
}

/// <summary>A packet in a line.</summary>
/// <param name="Line">The line's number in its stream.</param>
/// <param name="Start">The header that the bytes begin with.</param>
/// <param name="Bytes">The stored bytes.</param>
/// <param name="Length">Original length of the packet in bytes.</param>
internal sealed record StoredPacket(long Line, PacketStart Start, byte[] Bytes, long Length);
