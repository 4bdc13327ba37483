using System.Text;
using DropForensics.Core.Events;
using DropForensics.Core.RingPages;
using DropForensics.Core.Text;

namespace DropForensics.Core.Redaction;

/// <summary>Rewrites an event's text: for a drop the known fields, for any other event its name.</summary>
internal sealed class EventRedactor(Tokens tokens, string? hitsOf)
{
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
            case EventKind.Drop: // of the function tracer: the function and who called it
                output.Append(text[..name]);
                output.Append(" <-"u8);
                output.Append(arguments.Location);
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

    // ": skbaddr=… rx_sk=… protocol=2048 location=… reason: NO_SOCKET", which was parsed; a field of a later kernel keeps its name alone.
    private static void WriteTracepoint(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, LineBuffer output)
    {
        int location = text.IndexOf(" location="u8), start = text.IndexOf("skbaddr="u8);
        output.Append(name);
        output.Append(text[..(start - 1)]); // the colon; trace-cmd pads behind it
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
