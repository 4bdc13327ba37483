using System.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// An event's <c>print fmt</c>, parsed: the text of its records after the name. Tracepoints print by it; dynamic events print
/// the same (kernel/trace/trace_probe.c, <c>__set_print_fmt</c>) except their address and strings that could not be read.
/// </summary>
internal sealed class PrintTemplate
{
    private readonly PrintStep[] _steps;

    private PrintTemplate(PrintStep[] steps) => _steps = steps;

    /// <param name="format">The event's.</param>
    /// <param name="refusal">The part that is not understood if null is returned.</param>
    public static PrintTemplate? TryMake(EventFormat format, out string refusal)
    {
        var scanner = new PrintScanner(format.Print);
        refusal = "its print fmt is no string";
        if (!scanner.TryString(out byte[] text))
            return null;
        var steps = new List<PrintStep>();
        while (true)
        {
            int percent = FindConversion(text, out byte[] before);
            if (percent < 0)
            {
                steps.Add(new PrintStep(before, PrintKind.None, null, 0, null));
                refusal = "more arguments than conversions";
                return scanner.IsAtEnd ? new PrintTemplate([.. steps]) : null;
            }

            int length = ConversionLength(text.AsSpan(percent));
            string conversion = Encoding.Latin1.GetString(text, percent, length);
            refusal = $"{conversion} of {scanner.Rest}";
            if (!scanner.TryArgument(format, out PrintArgument argument) || KindOf(conversion, argument) is not { } kind)
                return null;
            text = text[(percent + length)..];
            if (kind == PrintKind.Quoted)
            {
                if (before is not [.., (byte)'"'] || text is not [(byte)'"', ..])
                    return null;
                (before, text) = (before[..^1], text[1..]);
            }

            steps.Add(new PrintStep(before, kind, argument.Field, argument.Element, argument.Names));
        }
    }

    /// <summary>It prints a plain address, which the kernel hashes unless told not to.</summary>
    public bool PrintsPointers => _steps.Any(step => step.Kind == PrintKind.Pointer);

    /// <summary>Appends the record's text; false if the record is too short.</summary>
    public bool TryAppend(LineBuffer line, ReadOnlySpan<byte> record, KernelSymbols symbols)
    {
        foreach (PrintStep step in _steps)
        {
            if (!step.TryAppend(line, record, symbols))
                return false;
        }

        return true;
    }

    // "%%" is a percent sign.
    private static int FindConversion(byte[] text, out byte[] before)
    {
        var plain = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 1 == text.Length || text[i + 1] != '%'))
            {
                before = [.. plain];
                return i;
            }

            if (text[i] == '%')
                i++;
            plain.Add(text[i]);
        }

        before = [.. plain];
        return -1;
    }

    private static int ConversionLength(ReadOnlySpan<byte> text)
    {
        int at = 1;
        while (at < text.Length && text[at] is (byte)'l' or (byte)'L' or (byte)'h' or (byte)'z')
            at++;
        if (at < text.Length && text[at] == 'p' && at + 1 < text.Length && char.IsAsciiLetterOrDigit((char)text[at + 1]))
            at++;
        return Math.Min(at + 1, text.Length);
    }

    private static PrintKind? KindOf(string conversion, PrintArgument argument) => conversion.Trim('%', 'l', 'L', 'h', 'z') switch
    {
        "s" when argument.Names is not null => PrintKind.Named,
        "s" when argument.IsString => PrintKind.Quoted,
        _ when argument.Names is not null || argument.IsString => null,
        "d" => PrintKind.Signed,
        "u" => PrintKind.Unsigned,
        "x" when argument.Field.Name == "__probe_ip" => PrintKind.Symbol,
        "x" => PrintKind.Hex,
        "p" => PrintKind.Pointer,
        "pS" => PrintKind.Symbol,
        "c" => PrintKind.Character,
        _ => null,
    };
}

/// <summary>One argument of a <c>print fmt</c>.</summary>
/// <param name="Field">The record's field.</param>
/// <param name="Element">Of an array.</param>
/// <param name="IsString">By <c>__get_str</c>.</param>
/// <param name="Names">The table of <c>__print_symbolic</c>.</param>
internal readonly record struct PrintArgument(EventField Field, int Element, bool IsString, IReadOnlyDictionary<ulong, byte[]>? Names);
