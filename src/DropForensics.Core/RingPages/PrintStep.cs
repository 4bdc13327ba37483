namespace DropForensics.Core.RingPages;

/// <summary>How one value of a record becomes text.</summary>
internal enum PrintKind
{
    /// <summary>No value, only the text before it.</summary>
    None,

    /// <summary><c>%d</c></summary>
    Signed,

    /// <summary><c>%u</c></summary>
    Unsigned,

    /// <summary><c>%x</c></summary>
    Hex,

    /// <summary><c>%p</c>, not hashed</summary>
    Pointer,

    /// <summary><c>%pS</c>, and <c>%lx</c> of a probe's own address</summary>
    Symbol,

    /// <summary><c>%c</c></summary>
    Character,

    /// <summary><c>%s</c> of a string in the record, in quotes; <c>(fault)</c> without quotes if there is none</summary>
    Quoted,

    /// <summary><c>%s</c> of a number with a table of names</summary>
    Named,
}

/// <summary>One step of a <see cref="PrintTemplate"/>: fixed text, then a value.</summary>
/// <param name="Before">Printed first.</param>
/// <param name="Kind">How the value is printed.</param>
/// <param name="Field">The field; null with <see cref="PrintKind.None"/>.</param>
/// <param name="Element">Of an array.</param>
/// <param name="Names">With <see cref="PrintKind.Named"/>; a number without a name prints as hex.</param>
internal sealed record PrintStep(byte[] Before, PrintKind Kind, EventField? Field, int Element, IReadOnlyDictionary<ulong, byte[]>? Names)
{
    /// <summary>False if the record does not contain the value.</summary>
    public bool TryAppend(LineBuffer line, ReadOnlySpan<byte> record, KernelSymbols symbols)
    {
        line.Append(Before);
        if (Kind == PrintKind.None || Field is null)
            return true;
        if (Kind == PrintKind.Quoted)
            return TryAppendQuoted(line, record, Field);
        if (!Field.TryRead(record, Element, out ulong value))
            return false;
        switch (Kind)
        {
            case PrintKind.Signed:
                line.AppendSigned((long)value);
                break;
            case PrintKind.Unsigned:
                line.AppendDecimal(value);
                break;
            case PrintKind.Hex:
                line.AppendHex(value);
                break;
            case PrintKind.Pointer:
                line.AppendHex(value, 16);
                break;
            case PrintKind.Symbol:
                line.Append(symbols.Of(value));
                break;
            case PrintKind.Character:
                line.Append((byte)value);
                break;
            case PrintKind.Named when Names is not null && Names.TryGetValue(value, out byte[]? name):
                line.Append(name);
                break;
            default:
                line.Append("0x"u8);
                line.AppendHex(value);
                break;
        }

        return true;
    }

    private static bool TryAppendQuoted(LineBuffer line, ReadOnlySpan<byte> record, EventField field)
    {
        if (!field.TryReadData(record, out ReadOnlySpan<byte> data))
            return false;
        if (data.IsEmpty)
        {
            line.Append("(fault)"u8);
            return true;
        }

        int end = data.IndexOf((byte)0);
        line.Append((byte)'"');
        line.Append(end < 0 ? data : data[..end]);
        line.Append((byte)'"');
        return true;
    }
}
