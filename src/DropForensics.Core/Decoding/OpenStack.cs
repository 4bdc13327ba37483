using DropForensics.Core.Lines;

namespace DropForensics.Core.Decoding;

/// <summary>
/// The stack whose frames are being read. Its lines are kept as bytes until the first line that is not a frame, then
/// looked up as one block.
/// </summary>
internal sealed class OpenStack
{
    /// <summary>The kernel prints a stack on one page of text.</summary>
    public const int MaxBytes = 64 * 1024;

    private byte[] _bytes = new byte[4096];
    private int _length;

    public bool IsOpen { get; private set; }

    /// <summary>A user-space stack: counted, not read.</summary>
    public bool IsUser { get; private set; }

    /// <summary>Its event was left out by the filter: its lines are counted, not read.</summary>
    public bool IsLeftOut { get; private set; }

    /// <summary>Number of its first frame's line.</summary>
    public long FirstLine { get; private set; }

    /// <summary>The event it belongs to; null where there is none.</summary>
    public PendingDrop? Owner { get; private set; }

    /// <summary>The frame lines so far, each with its line end.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>How many they are.</summary>
    public int Lines { get; private set; }

    public void Open(bool isUser, long firstLine, PendingDrop? owner) =>
        (IsOpen, IsUser, FirstLine, Owner, IsLeftOut, Lines, _length) = (true, isUser, firstLine, owner, owner is { IsLeftOut: true }, 0, 0);

    public void Close() => (IsOpen, Owner) = (false, null);

    /// <summary>Appends one frame line; false if the stack gets longer than any real one.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line)
    {
        if (_length + line.Length + 1 > MaxBytes)
            return false;
        Append(line);
        Append("\n"u8);
        Lines++;
        return true;
    }

    /// <summary>
    /// Takes the frame lines at the start that need not be parsed one by one: they are whole, have no colon (so no record can
    /// be glued to one), and are not the first half of a record whose comm contains a newline.
    /// </summary>
    /// <returns>Bytes taken.</returns>
    public int TakeFrames(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (bytes.Length - at > TraceHeader.DashColumn)
        {
            ReadOnlySpan<byte> line = bytes[at..];
            if (!line.StartsWith(" => "u8))
                break;
            int end = line.IndexOfAny((byte)'\n', (byte)':');
            if (end < 0 || line[end] == ':' || (end < TraceHeader.DashColumn && line[TraceHeader.DashColumn] == '-')
                || _length + at + end + 1 > MaxBytes)
            {
                break;
            }
            at += end + 1;
            Lines++;
        }
        Append(bytes[..at]);
        return at;
    }

    /// <summary>Takes the whole lines at the start that begin with a certain byte.</summary>
    /// <returns>Bytes taken.</returns>
    public int TakeLines(ReadOnlySpan<byte> bytes, byte first)
    {
        int at = 0;
        while (at < bytes.Length && bytes[at] == first && bytes[at..].IndexOf((byte)'\n') is >= 0 and int end && _length + at + end + 1 <= MaxBytes)
        {
            at += end + 1;
            Lines++;
        }
        Append(bytes[..at]);
        return at;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }
}
