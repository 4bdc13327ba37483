using DropForensics.Core.Events;
using DropForensics.Core.Lines;
using DropForensics.Core.Packets;
using DropForensics.Core.Text;

namespace DropForensics.Core.Masking;

/// <summary>
/// The parts of our probes' lines that may contain unrelated kernel memory: the packet's window <c>pktNN</c>, 64-bit words that start NN bytes before
/// <c>skb->data</c>, where the preceding fields show which bytes belong to the packet; and <c>pktdev</c>, which should be the name of the packet's
/// interface.
/// <code> protocol=2048 len=60 dlen=0 mac=64 net=78 th=98 tail=138 head=0xffff8a3168214a00 data=0xffff8a3168214a62</code>
/// <code> pkt96={0x0,0x2d00004500080000}</code>
/// </summary>
internal static class LineMask
{
    /// <summary>
    /// Writes a line as the kernel would have printed it if the bytes that must not be stored were zero (<see cref="PacketMask"/>). If these bytes
    /// are unknown, because the line does not parse, is cut off or has another line glued to it, all words of its windows become <c>0x0</c>. The same
    /// applies to any further window, because a task's name may look like one.
    /// </summary>
    /// <param name="line">Without its newline.</param>
    /// <param name="keepsPayload">Whether bytes after the headers stay.</param>
    /// <param name="destination">At least as long as the line.</param>
    /// <returns>Bytes written, at most the line's length.</returns>
    public static int Apply(ReadOnlySpan<byte> line, bool keepsPayload, Span<byte> destination)
    {
        // Too short for a record: the start of a task's name with a newline in it. A change of length would separate it from its head.
        int start = line.Length < TraceHeader.DashColumn ? line.Length : EventStart(line);
        ReadOnlySpan<byte> text = line[start..];
        int begin = FieldsStart(text);
        if (begin < 0 || start == 0 || GluedRecord.Find(text) >= 0)
        {
            line[..start].CopyTo(destination);
            return start + Zero(text, destination[start..]);
        }

        line[..start].CopyTo(destination);
        int done = start, written = start;
        bool isSound = ProbeFields.TryRead(text[begin..], out ProbeFields fields);
        Span<byte> buffer = stackalloc byte[MemoryWords.MaxBytes];
        if (fields.Window.TryRead(buffer, out SkbWindow packet) && line.Overlaps(fields.Window.Words, out int words))
        {
            PacketMask.Apply(packet, keepsPayload);
            written += ZeroBefore(line[done..words], destination[written..]);
            written += MemoryWords.Write(packet.Bytes, destination[written..]);
            done = words + fields.Window.Words.Length;
        }

        // The name of the packet's interface, if it is one: it follows the window.
        ReadOnlySpan<byte> name = isSound ? fields.BelievedNameWords : [];
        if (!name.IsEmpty && line.Overlaps(name, out int at) && at > done)
        {
            written += ZeroBefore(line[done..at], destination[written..]);
            name.CopyTo(destination[written..]);
            written += name.Length;
            done = at + name.Length;
        }
        return written + Zero(line[done..], destination[written..]);
    }

    private static int EventStart(ReadOnlySpan<byte> line)
    {
        if (!TraceHeader.TryParse(line, out TraceHeader header) && !TraceHeader.TryParsePasted(line, out header))
            return 0;
        return line.Length - header.Event.Length;
    }

    // "drop: (skb.kfree_skb) skb=…": where the fields begin, -1 if it is not a probe's line.
    private static int FieldsStart(ReadOnlySpan<byte> text)
    {
        int name = text.IndexOfAnyExcept(TraceText.NameBytes);
        if (name <= 0 || !text[name..].StartsWith(": ("u8))
            return -1;
        return text.IndexOf((byte)')') + 1 is > 0 and int fields ? fields : -1;
    }

    // Before the value of a field that is written separately: searches the text before its name.
    private static int ZeroBefore(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int name = text.LastIndexOf((byte)' ');
        int written = Zero(text[..name], destination);
        text[name..].CopyTo(destination[written..]);
        return written + text.Length - name;
    }

    private static int Zero(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.IndexOf(" pkt"u8) < 0)
        {
            text.CopyTo(destination);
            return text.Length;
        }
        var zeroer = new WindowZeroer();
        int written = zeroer.Zero(text, destination);
        return written + zeroer.Complete(destination[written..]);
    }
}
