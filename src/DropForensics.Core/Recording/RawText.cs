using DropForensics.Core.Store;

namespace DropForensics.Core.Recording;

/// <summary>Passes the bytes of one stream to the file, in chunks that end at line ends, without losing or changing any.</summary>
/// <param name="writer">Where they go.</param>
/// <param name="stream">The CPU, null for a merged one.</param>
/// <param name="chunkBytes">A chunk ends when it reaches this size: <see cref="ChunkBytesFor"/>.</param>
internal sealed class RawText(CaptureWriter writer, int? stream, int chunkBytes = RawText.LargestChunk)
{
    /// <summary>Larger ones pack no better.</summary>
    public const int LargestChunk = 256 << 10;

    // Smaller ones pack worse: every chunk repeats its stacks.
    private const int SmallestChunk = 32 << 10;
    private const int MostOpen = 8 << 20;

    // A longer line is cut within: no kernel prints one, but an imported file may contain anything.
    private const int MaxLineBytes = 1 << 20;
    private const byte LineEnd = (byte)'\n';

    private byte[] _bytes = new byte[4 << 10];
    private int _length;
    private long _firstLine = 1;
    private bool _isMasked;

    /// <summary>The chunk size if this many streams have one open each.</summary>
    public static int ChunkBytesFor(int streams) => Math.Clamp(MostOpen / Math.Max(1, streams), SmallestChunk, LargestChunk);

    /// <summary>Takes bytes, and stores a chunk when there are enough.</summary>
    /// <param name="masked">Packet bytes among them were zeroed, so the chunks they come into are marked.</param>
    public void Add(ReadOnlySpan<byte> bytes, bool masked = false)
    {
        _isMasked |= masked;
        while (bytes.Length > 0)
        {
            // Up to the next full chunk; of an overlong line, all bytes so far.
            int room = _length < chunkBytes ? chunkBytes - _length : MaxLineBytes - _length;
            int taken = Math.Min(room, bytes.Length);
            Append(bytes[..taken]);
            bytes = bytes[taken..];
            if (_length >= chunkBytes) StoreWholeLines();
            if (_length == MaxLineBytes) Store(_length, lines: 0);
        }
    }

    /// <summary>Stores the complete lines; the beginning of the next line waits for the rest.</summary>
    public void StoreWholeLines()
    {
        ReadOnlySpan<byte> text = _bytes.AsSpan(0, _length);
        int end = text.LastIndexOf(LineEnd) + 1;
        if (end > 0) Store(end, LineEnds.Count(text[..end]));
    }

    /// <summary>Stores everything: the stream has ended, and so has its last line.</summary>
    public void Complete()
    {
        StoreWholeLines();
        if (_length > 0) Store(_length, lines: 1);
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        int needed = _length + bytes.Length;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(needed, Math.Min(2 * _bytes.Length, chunkBytes)));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length = needed;
    }

    private void Store(int length, int lines)
    {
        writer.AddChunk(stream, _firstLine, lines, _bytes.AsSpan(0, length), _isMasked);
        _firstLine += lines;
        _length -= length;

        // The rest came with the last bytes, so it may be masked as well.
        _isMasked &= _length > 0;
        _bytes.AsSpan(length, _length).CopyTo(_bytes);
    }
}
