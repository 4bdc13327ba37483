using System.Buffers.Binary;
using System.Buffers.Text;
using DropForensics.Core.Packets;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// The memory in the line of a probe of ours that may be anybody's: <c>pktdev</c>, what should be the name of the packet's interface, and
/// the packet's bytes: <c>pktNN</c>, 64-bit words of memory from NN bytes before <c>skb->data</c> on, and
/// before them the fields that say which of those bytes are the packet's.
/// <code> protocol=2048 len=60 dlen=0 mac=64 net=78 th=98 tail=138 head=0xffff8a3168214a00 data=0xffff8a3168214a62</code>
/// <code> pkt96={0x0,0x2d00004500080000}</code>
/// </summary>
internal static class PacketText
{
    /// <summary>A probe's array has 64 elements at most (kernel/trace/trace_probe.h, MAX_ARRAY_LEN).</summary>
    public const int MaxWindowBytes = 64 * sizeof(ulong);

    private const int MaxBefore = 1 << 16;

    /// <summary>Reads the first window among a probe's fields.</summary>
    /// <param name="fields">What follows the parenthesis of the probe's place, with its leading blank.</param>
    /// <param name="buffer">At least <see cref="MaxWindowBytes"/>; holds the window's bytes afterwards.</param>
    /// <returns>False where there is no whole window. One whose geometry is missing or absurd is there, and has no packet byte.</returns>
    public static bool TryRead(ReadOnlySpan<byte> fields, Span<byte> buffer, out SkbWindow window) =>
        TryRead(fields, buffer, out window, out _, out _);

    /// <summary>
    /// Writes a line as the kernel would have printed it, had the bytes that are not to be stored been zero
    /// (<see cref="PacketMask"/>). Where it cannot be told which they are, because the line does not parse, is cut off or has another
    /// glued to it, all words of its windows become <c>0x0</c>; so do those of any further window, for a task may call itself one.
    /// </summary>
    /// <param name="line">Without its newline.</param>
    /// <param name="keepsPayload">Whether bytes behind the headers stay.</param>
    /// <param name="destination">At least as long as the line.</param>
    /// <returns>Bytes written, at most the line's length.</returns>
    public static int Mask(ReadOnlySpan<byte> line, bool keepsPayload, Span<byte> destination)
    {
        // Too short for a record: the beginning of a task's name with a newline in it, which a change of length would tear from its head.
        int start = line.Length < TraceHeader.DashColumn ? line.Length : EventStart(line);
        line[..start].CopyTo(destination);
        ReadOnlySpan<byte> text = line[start..];
        int written = start, fields = FieldsStart(text);
        if (fields < 0 || start == 0 || GluedRecord.Find(text) >= 0)
            return written + Zero(text, destination[written..]);

        Span<byte> buffer = stackalloc byte[MaxWindowBytes];
        int done = 0;
        if (TryRead(text[fields..], buffer, out SkbWindow window, out int words, out int length))
        {
            PacketMask.Apply(window, keepsPayload);
            written += Zero(text[..(fields + words - 1)], destination[written..]);
            destination[written++] = (byte)'{';
            written += WriteWords(window.Bytes, destination[written..]);
            done = fields + words + length;
        }

        // The name of the packet's interface, where it was one: it comes behind the window.
        ReadOnlySpan<byte> name = ProbeFields.TryRead(text[fields..], out ProbeFields read) ? read.BelievedNameWords : [];
        if (!name.IsEmpty && text.Overlaps(name, out int at) && at > done)
        {
            written += Zero(text[done..at], destination[written..]);
            name.CopyTo(destination[written..]);
            written += name.Length;
            done = at + name.Length;
        }
        return written + Zero(text[done..], destination[written..]);
    }

    private static int EventStart(ReadOnlySpan<byte> line)
    {
        if (!TraceHeader.TryParse(line, out TraceHeader header) && !TraceHeader.TryParsePasted(line, out header))
            return 0;
        return line.Length - header.Event.Length;
    }

    // "drop: (skb.kfree_skb) skb=…": where the fields begin, -1 where this is no probe's.
    private static int FieldsStart(ReadOnlySpan<byte> text)
    {
        int name = text.IndexOfAnyExcept(EventText.Name);
        if (name <= 0 || !text[name..].StartsWith(": ("u8))
            return -1;
        return text.IndexOf((byte)')') + 1 is > 0 and int fields ? fields : -1;
    }

    private static int Zero(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        var zeroer = new WindowZeroer();
        int written = zeroer.Zero(text, destination);
        return written + zeroer.Complete(destination[written..]);
    }

    // The window's words stand at "words", behind the brace, and have "length" bytes. Fields behind it are not read: the comm is there.
    private static bool TryRead(ReadOnlySpan<byte> fields, Span<byte> buffer, out SkbWindow window, out int words, out int length)
    {
        var geometry = new GeometryFields();
        ReadOnlySpan<byte> rest = fields;
        while (ProbeField.TryTake(ref rest, out ProbeField field))
        {
            if (TryBefore(field, out int before))
            {
                length = field.Value.Length - 2;
                words = fields.Length - rest.Length - 1 - length;
                bool isWhole = TryReadWords(field.Value[1..^1], buffer, out int bytes);
                window = isWhole ? new SkbWindow(geometry.Build(), before, buffer[..bytes]) : default;
                return isWhole;
            }
            geometry.Add(field);
        }
        window = default;
        words = length = 0;
        return false;
    }

    private static bool TryBefore(in ProbeField field, out int before)
    {
        before = 0;
        return field.Name.StartsWith("pkt"u8) && field.Value[0] == '{' && AsciiNumber.TryDecimal(field.Name[3..], MaxBefore, out before);
    }

    // "0x0,0x2d00004500080000", little-endian, as the kernel prints them: nothing else reads back the same.
    private static bool TryReadWords(ReadOnlySpan<byte> text, Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        while (true)
        {
            int comma = text.IndexOf((byte)',');
            ReadOnlySpan<byte> word = comma < 0 ? text : text[..comma];
            if (bytes == MaxWindowBytes || !word.StartsWith("0x"u8) || word.ContainsAnyInRange((byte)'A', (byte)'F')
                || !AsciiNumber.TryHex(word[2..], out ulong value))
            {
                return false;
            }
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[bytes..], value);
            bytes += sizeof(ulong);
            if (comma < 0)
                return true;
            text = text[(comma + 1)..];
        }
    }

    private static int WriteWords(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        int written = 0;
        for (int at = 0; at < bytes.Length; at += sizeof(ulong))
        {
            if (at > 0)
                destination[written++] = (byte)',';
            "0x"u8.CopyTo(destination[written..]);
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            // Cannot fail: a masked word has no more digits than the one it replaces.
            Utf8Formatter.TryFormat(word, destination[(written + 2)..], out int digits, 'x');
            written += 2 + digits;
        }
        return written;
    }
}
