using System.Buffers;
using System.Text;
using DropForensics.Analyze.Facts;
using DropForensics.Core.Events;
using DropForensics.Core.Packets;
using DropForensics.Core.RingPages;
using DropForensics.Core.Text;

namespace DropForensics.Analyze.Redact;

/// <summary>Rewrites an event's text: for a drop the known fields, for any other event its name.</summary>
internal sealed class EventRedactor(Tokens tokens, string? hitsOf)
{
    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789abcdefx-"u8);

    private readonly byte[] _hitsOf = Encoding.ASCII.GetBytes(hitsOf ?? "");
    private readonly ProbeRedactor _probe = new(tokens);

    /// <summary>Whether it is well-formed and not a drop.</summary>
    public bool IsOther(ReadOnlySpan<byte> text) => EventText.Parse(text, _hitsOf, out _) is EventKind.Other or EventKind.NoDrop;

    public void Write(ReadOnlySpan<byte> text, LineBuffer output)
    {
        int name = text.IndexOfAnyExcept(TraceText.NameBytes);
        switch (EventText.Parse(text, _hitsOf, out DropArguments arguments))
        {
            case EventKind.Drop when text[name..].StartsWith(": ("u8):
                int fields = text.IndexOf((byte)')') + 1;
                output.Append(text[..fields]); // the event's name, and the place in parentheses: a symbol
                _probe.Write(text[fields..], arguments, output);
                break;
            case EventKind.Drop when text[..name].SequenceEqual("function"u8): // of trace-cmd's function tracer
                output.Append("function:             "u8);
                output.Append(arguments.Event);
                if (arguments.Location.IsEmpty)
                    break;
                output.Append(" <-- "u8);
                output.Append(arguments.Location);
                break;
            case EventKind.Drop when text[name..].StartsWith(":"u8):
                WriteTracepoint(text[..name], text[name..], output);
                break;
            case EventKind.Drop: // of the function tracer: the function and its caller
                output.Append(text[..name]);
                output.Append(" <-"u8);
                output.Append(arguments.Location);
                break;
            case EventKind.Other when text[name..].StartsWith(": "u8) && StopKinds.Of(Encoding.ASCII.GetString(text[..name])) is not null:
                WriteStop(text[..name], text[(name + 2)..], output);
                break;
            case EventKind.Other when EventText.TryCut(text, out _, out _):
                output.Append(text[..name]);
                output.Append(": (redacted)"u8);
                break;
            case EventKind.Other or EventKind.NoDrop: // a call, which is counted only
                output.Append(text[..name]);
                output.Append(" <-(redacted)"u8);
                break;
            default:
                output.Append("redacted"u8);
                break;
        }
    }

    // "dev=eth0 skbaddr=ffff88810a88f800 len=142": of a packet's way its address, lengths and results, and the interface's token; no word, and nothing without a name.
    private void WriteStop(ReadOnlySpan<byte> name, ReadOnlySpan<byte> fields, LineBuffer output)
    {
        output.Append(name);
        output.Append(":"u8);
        foreach (Range range in fields.Split((byte)' '))
        {
            ReadOnlySpan<byte> field = fields[range];
            int equals = field.IndexOf((byte)'=');
            if (equals <= 0 || field[..equals].ContainsAnyExcept(TraceText.NameBytes)) continue;
            ReadOnlySpan<byte> value = field[(equals + 1)..];
            bool isDevice = field.StartsWith("dev="u8), isPlace = field.StartsWith("location="u8) && PrintedSymbol.TryParse(value, out _);
            if (!isDevice && !isPlace && (value.IsEmpty || value.ContainsAnyExcept(NumberBytes))) continue;
            output.Append(" "u8);
            output.Append(field[..(equals + 1)]);
            output.Append(isDevice ? Encoding.ASCII.GetBytes(tokens.Interface(value)) : value);
        }
    }

    // ": skbaddr=… rx_sk=… protocol=2048 location=… reason: NO_SOCKET", which was parsed; a field of a later kernel keeps only its name.
    private static void WriteTracepoint(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, LineBuffer output)
    {
        int location = text.IndexOf(" location="u8), start = text.IndexOf("skbaddr="u8);
        output.Append(name);
        output.Append(text[..(start - 1)]); // the colon; trace-cmd pads after it
        foreach (Range range in text[start..location].Split((byte)' '))
        {
            ReadOnlySpan<byte> field = text[start..location][range];
            int equals = field.IndexOf((byte)'=') + 1;
            bool isKnown = field.StartsWith("skbaddr="u8) || field.StartsWith("rx_sk="u8) || field.StartsWith("protocol="u8);
            output.Append(" "u8);
            output.Append(isKnown ? field : field[..equals]);
            if (!isKnown) output.Append("0"u8);
        }

        output.Append(text[location..]);
    }
}

/// <summary>Rewrites the fields of a probe's line: kernel numbers unchanged, names as tokens, the packet through <see cref="PacketRedactor"/>.</summary>
internal sealed class ProbeRedactor(Tokens tokens)
{
    private readonly PacketRedactor _packets = new(tokens);
    private readonly byte[] _window = new byte[MemoryWords.MaxBytes];
    private readonly byte[] _words = new byte[MemoryWords.MaxTextBytes];

    /// <param name="fields">With their leading blank; they were parsed as a drop's.</param>
    /// <param name="read">Their values.</param>
    /// <param name="output">Takes them.</param>
    public void Write(ReadOnlySpan<byte> fields, in DropArguments read, LineBuffer output)
    {
        ReadOnlySpan<byte> comm = read.Comm;
        // A task may call itself x" ifindex=9 y=": its name was decided when the fields were read.
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

    // {0x3068746576,0x0}: the name of an interface in 16 bytes of memory; other memory is left out.
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

    // Decimal with a sign, hexadecimal; (null) and words are not numbers.
    private static bool IsNumber(ReadOnlySpan<byte> value)
    {
        if (value.StartsWith("-"u8)) value = value[1..];
        return value.StartsWith("0x"u8) ? AsciiNumber.TryHex(value[2..], out _) : !value.IsEmpty && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9');
    }
}
