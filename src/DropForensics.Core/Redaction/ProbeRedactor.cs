using System.Text;
using DropForensics.Core.Events;
using DropForensics.Core.Packets;
using DropForensics.Core.RingPages;
using DropForensics.Core.Text;

namespace DropForensics.Core.Redaction;

/// <summary>Rewrites the fields of a probe's line: kernel numbers unchanged, names as tokens, the packet through <see cref="PacketRedactor"/>.</summary>
internal sealed class ProbeRedactor(Tokens tokens)
{
    private readonly PacketRedactor _packets = new(tokens);
    private readonly byte[] _window = new byte[MemoryWords.MaxBytes];
    private readonly byte[] _words = new byte[MemoryWords.MaxTextBytes];

    /// <param name="fields">With their leading blank; they were read as a drop's.</param>
    /// <param name="read">What they say.</param>
    /// <param name="output">Takes them.</param>
    public void Write(ReadOnlySpan<byte> fields, in DropArguments read, LineBuffer output)
    {
        ReadOnlySpan<byte> comm = read.Comm;
        // A task may call itself x" ifindex=9 y=": what its name is was decided when the fields were read.
        ReadOnlySpan<byte> behind = [];
        ReadOnlySpan<byte> before = fields;
        bool hasComm = !comm.IsEmpty && fields.Overlaps(comm, out int at) && fields[..at].EndsWith(ProbeFields.CommMark);
        if (hasComm)
        {
            fields.Overlaps(comm, out at);
            before = fields[..(at - ProbeFields.CommMark.Length)];
            behind = fields[(at + comm.Length)..];
        }

        bool windowIsDone = false;
        WriteFields(before, read.Window, output, ref windowIsDone);
        if (!hasComm) return;
        output.Append(ProbeFields.CommMark);
        output.Append(Encoding.ASCII.GetBytes(tokens.Comm(comm)));
        output.Append("\""u8);
        if (behind.StartsWith("\""u8)) WriteFields(behind[1..], read.Window, output, ref windowIsDone);
    }

    private void WriteFields(ReadOnlySpan<byte> part, in ProbeWindow window, LineBuffer output, ref bool windowIsDone)
    {
        while (PrintedField.TryTake(ref part, out PrintedField field))
        {
            output.Append(" "u8);
            output.Append(field.Name);
            output.Append("="u8);
            ProbeName? name = ProbeNames.Find(field.Name);
            if (name is null && field.Name.StartsWith("pkt"u8))
            {
                WriteWindow(window, windowIsDone, output);
                windowIsDone = true;
            }
            else
            {
                WriteValue(name, field.Value, output);
            }
        }
    }

    private void WriteValue(ProbeName? name, ReadOnlySpan<byte> value, LineBuffer output)
    {
        if (value.SequenceEqual("(fault)"u8)) output.Append(value);
        else if (value.StartsWith("\""u8) && name is ProbeName.Comm or ProbeName.DeviceText) WriteName(name, value, output);
        else if (name is ProbeName.DeviceWords) WriteDeviceWords(value, output);
        else if (name is ProbeName.Location) output.Append(PrintedSymbol.TryParse(value, out _) ? value : "(fault)"u8);
        else if ((int?)name < ProbeNames.Numbers && IsNumber(value)) output.Append(value);
        else output.Append("(fault)"u8);
    }

    private void WriteName(ProbeName? name, ReadOnlySpan<byte> quoted, LineBuffer output)
    {
        ReadOnlySpan<byte> text = quoted.Trim((byte)'"');
        output.Append("\""u8);
        output.Append(Encoding.ASCII.GetBytes(name is ProbeName.DeviceText ? tokens.Interface(text) : tokens.Comm(text)));
        output.Append("\""u8);
    }

    // {0x3068746576,0x0}: the name of an interface in 16 bytes of memory; of any other memory nothing.
    private void WriteDeviceWords(ReadOnlySpan<byte> value, LineBuffer output)
    {
        Span<byte> bytes = stackalloc byte[DeviceName.Size];
        bytes.Clear();
        DeviceName device = value.StartsWith("{"u8) ? DeviceName.FromWords(value) : default;
        if (device.Length > 0)
        {
            device.CopyTo(bytes);
            string token = tokens.Interface(bytes[..device.Length]);
            bytes.Clear();
            Encoding.ASCII.GetBytes(token, bytes);
        }

        WriteWords(bytes, output);
    }

    private void WriteWindow(in ProbeWindow words, bool isDone, LineBuffer output)
    {
        if (isDone || !words.TryRead(_window, out SkbWindow window))
        {
            output.Append("{0x0}"u8);
            return;
        }

        _packets.Apply(window);
        WriteWords(window.Bytes, output);
    }

    private void WriteWords(ReadOnlySpan<byte> bytes, LineBuffer output)
    {
        output.Append("{"u8);
        output.Append(_words.AsSpan(0, MemoryWords.Write(bytes, _words)));
        output.Append("}"u8);
    }

    // Decimal with a sign, hexadecimal; (null) and words are no numbers.
    private static bool IsNumber(ReadOnlySpan<byte> value)
    {
        if (value.StartsWith("-"u8)) value = value[1..];
        return value.StartsWith("0x"u8) ? AsciiNumber.TryHex(value[2..], out _) : !value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
