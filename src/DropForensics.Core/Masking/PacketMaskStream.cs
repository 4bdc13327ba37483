using DropForensics.Core.Lines;
using DropForensics.Core.Text;

namespace DropForensics.Core.Masking;

/// <summary>
/// Masks the packet windows in a stream of trace text, before it is stored (<see cref="LineMask"/>). The input may be split anywhere between two
/// calls of <see cref="Feed"/>: the combined output does not depend on it. Output ends at a line's end, except for lines over 64 KiB, whose windows
/// are all zeroed as they pass. All other lines are unchanged.
/// </summary>
/// <param name="keepsPayload">Whether the packets' bytes after their headers stay.</param>
/// <param name="masked">Shared with other streams, one fed after the other; null for none.</param>
public sealed class PacketMaskStream(bool keepsPayload, MaskedBytes? masked = null)
{
    private const int MaxLineBytes = RawRecord.MaxLineBytes;

    private readonly CarryBuffer _carry = new();
    private readonly MaskedBytes _room = masked ?? new MaskedBytes();
    private byte[] _output = [];
    private int _written;
    private WindowZeroer _zeroer;
    private bool _isInLongLine;
    private bool _changed;

    /// <summary>Whether any output byte differs from the input since the last call.</summary>
    public bool TakeChanged()
    {
        bool changed = _changed;
        _changed = false;
        return changed;
    }

    /// <summary>Takes the next bytes of the stream.</summary>
    /// <returns>What can be stored now: in <paramref name="bytes"/>, or in a buffer that the next call uses again.</returns>
    public ReadOnlySpan<byte> Feed(ReadOnlySpan<byte> bytes)
    {
        _written = 0;
        int end = bytes.LastIndexOf((byte)'\n') + 1;
        ReadOnlySpan<byte> whole = bytes[..end], rest = bytes[end..];
        if (_carry.Length == 0 && !_isInLongLine && rest.Length <= MaxLineBytes && whole.IndexOf(" pkt"u8) < 0)
        {
            _carry.Append(rest);
            return whole;
        }

        Reserve(_carry.Length + bytes.Length + 2 * WindowZeroer.MaxExcess);
        if (end > 0)
        {
            int first = whole.IndexOf((byte)'\n') + 1;
            EndLine(whole[..first]);
            WriteLines(whole[first..]);
        }
        KeepUnfinished(rest);
        return _output.AsSpan(0, _written);
    }

    /// <summary>Ends the stream: its unfinished line, masked.</summary>
    public ReadOnlySpan<byte> Complete()
    {
        _written = 0;
        Reserve(_carry.Length + 2 * WindowZeroer.MaxExcess);
        EndLine([]);
        return _output.AsSpan(0, _written);
    }

    // The rest of the line that is open, with its newline if it has one.
    private void EndLine(ReadOnlySpan<byte> rest)
    {
        if (!_isInLongLine)
        {
            if (_carry.Length == 0)
            {
                WriteLine(rest);
                return;
            }
            _carry.Append(rest);
            WriteLine(_carry.Bytes);
            _carry.RemoveFirst(_carry.Length);
            return;
        }
        WriteZeroed(rest);
        EndZeroed();
    }

    private void KeepUnfinished(ReadOnlySpan<byte> rest)
    {
        if (!_isInLongLine && _carry.Length + rest.Length <= MaxLineBytes)
        {
            _carry.Append(rest);
            return;
        }
        _isInLongLine = true;
        WriteZeroed(_carry.Bytes);
        _carry.RemoveFirst(_carry.Length);
        WriteZeroed(rest);
    }

    // Lines with their newlines; those without a window are copied in one go.
    private void WriteLines(ReadOnlySpan<byte> lines)
    {
        while (lines.IndexOf(" pkt"u8) is >= 0 and int found)
        {
            int start = lines[..found].LastIndexOf((byte)'\n') + 1;
            int end = found + lines[found..].IndexOf((byte)'\n') + 1;
            Write(lines[..start]);
            WriteLine(lines[start..end]);
            lines = lines[end..];
        }
        Write(lines);
    }

    private void WriteLine(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf(" pkt"u8) < 0)
        {
            Write(line);
            return;
        }
        ReadOnlySpan<byte> text = line.EndsWith("\n"u8) ? line[..^1] : line;
        if (text.Length > MaxLineBytes)
        {
            WriteZeroed(line);
            EndZeroed();
            return;
        }
        int written = LineMask.Apply(text, keepsPayload, _output.AsSpan(_written));
        _changed |= !text.SequenceEqual(_output.AsSpan(_written, written));
        _written += written;
        Write(line[text.Length..]);
    }

    private void WriteZeroed(ReadOnlySpan<byte> piece)
    {
        int written = _zeroer.Zero(piece, _output.AsSpan(_written));
        _changed |= !piece.SequenceEqual(_output.AsSpan(_written, written));
        _written += written;
    }

    private void EndZeroed()
    {
        _written += _zeroer.Complete(_output.AsSpan(_written));
        _isInLongLine = false;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_output.AsSpan(_written));
        _written += bytes.Length;
    }

    private void Reserve(int size) => _output = _room.Reserve(size);
}

/// <summary>The output buffer, shared by the streams: each stream's output is stored before the next stream is fed.</summary>
public sealed class MaskedBytes
{
    /// <summary>Room for at least this many bytes; previous content is lost.</summary>
    internal byte[] Reserve(int size)
    {
        if (Bytes.Length < size)
            Bytes = new byte[Math.Max(size, 2 * Bytes.Length)];
        return Bytes;
    }

    internal byte[] Bytes { get; private set; } = [];
}
