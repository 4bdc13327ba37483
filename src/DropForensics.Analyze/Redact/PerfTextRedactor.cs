using System.Text;
using DropForensics.Core.Events;
using DropForensics.Core.Lines;
using DropForensics.Core.Perf;
using DropForensics.Core.Text;

namespace DropForensics.Analyze.Redact;

/// <summary>Redacts the output of <c>perf script</c>: removes its heading and user space frames, and keeps only the name of a module's file.</summary>
/// <param name="tokens">The replacements, the same for all streams.</param>
internal sealed class PerfTextRedactor(Tokens tokens) : TextRedactor(tokens)
{
    protected override void WriteRecord(ReadOnlySpan<byte> text)
    {
        if (TraceText.SkipBlanks(text).IsEmpty) return;
        if (text[0] == '\t') WriteFrame(text);
        else if (PerfHeader.TryParse(text, out PerfHeader header)) WriteEvent(text, header);
        else if (PerfFrame.TryParse(text, out PrintedSymbol none) && none.IsNone) Output.Append("  (redacted):0"u8); // a line of source
        else if (text.SequenceEqual(PerfTextDecoder.HeadingMark)) Output.Append(text);
        else Output.Append(text[0] == '#' ? "#"u8 : RecordSign.IsIn(text) ? RecordSign.Redacted : "(redacted)"u8);
    }

    private void WriteEvent(ReadOnlySpan<byte> text, in PerfHeader header)
    {
        // The blanks and the comm, then the numbers up to the event.
        text.Overlaps(header.Comm, out int comm);
        Output.Append(text[..comm]);
        Output.Append(Encoding.ASCII.GetBytes(Tokens.Comm(header.Comm)));
        Output.Append(text[(comm + header.Comm.Length)..^header.Event.Length]);

        EventKind kind = PerfEvent.Parse(header.Event, out DropArguments arguments);
        if (PerfEvent.TryParseLoss(header.Event, out _)) Output.Append(header.Event);
        else if (PerfEvent.IsOwnRecord(header.Event)) Output.Append("PERF_RECORD_ (redacted)"u8);
        else if (kind == EventKind.Drop) WriteDrop(header.Event, arguments);
        else if (kind == EventKind.Other)
        {
            Output.Append(PerfEvent.NameOf(header.Event)); // a name shows the kind, not the owner
            Output.Append(" (redacted)"u8);
        }
        else Output.Append("redacted"u8);
    }

    // The known fields in their own spelling; fields of later kernels are left out.
    private void WriteDrop(ReadOnlySpan<byte> text, in DropArguments arguments)
    {
        Output.Append("skb:kfree_skb: skbaddr=0x0 protocol="u8);
        Output.AppendDecimal((ulong)(arguments.EtherType ?? 0)); // a drop of this event has one
        Output.Append(" location="u8);
        Output.Append(arguments.Location.IsEmpty ? "(nil)"u8 : arguments.Location);
        if (text.LastIndexOf(" reason:"u8) < 0) return;
        Output.Append(" reason: "u8);
        Output.Append(arguments.Reason);
    }

    private void WriteFrame(ReadOnlySpan<byte> text)
    {
        if (!PerfFrame.TryParse(text, out PrintedSymbol symbol))
        {
            Output.Append("\t(redacted)"u8);
            return;
        }

        if (symbol.IsNone || symbol.IsInlined) // may be in user space
        {
            Output.Append("\t               0 [unknown] ([unknown])"u8);
            return;
        }

        Output.Append("\t"u8);
        Output.Append(symbol.Address);
        Output.Append(" "u8);
        Output.Append(symbol.Name.IsEmpty ? "[unknown]"u8 : symbol.Name);
        if (symbol.Offset is { } offset)
        {
            Output.Append("+0x"u8);
            Output.AppendHex((ulong)offset);
        }

        Output.Append(" (["u8);
        Output.Append(symbol.Module.IsEmpty ? "kernel.kallsyms"u8 : symbol.Module);
        Output.Append("])"u8);
    }
}
