using System.Text;
using DropForensics.Core.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// Reads a <c>print fmt</c> from its beginning: a string of C, then arguments such as <c>REC->reason</c>, <c>REC->pkt96[3]</c>,
/// <c>(void *)REC->ip</c>, <c>__get_str(dev)</c> or <c>__print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, …)</c>. Anything else is refused.
/// </summary>
internal ref struct PrintScanner(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    /// <summary>Whether the text is read to its end.</summary>
    public bool IsAtEnd
    {
        get
        {
            Skip();
            return _rest.IsEmpty;
        }
    }

    /// <summary>The next text, for a message.</summary>
    public readonly string Rest => Encoding.Latin1.GetString(_rest[..Math.Min(40, _rest.Length)]).TrimStart(',', ' ');

    public bool TryString(out byte[] value)
    {
        value = [];
        if (!TryTake("\""u8))
            return false;
        var bytes = new List<byte>();
        for (int i = 0; i < _rest.Length; i++)
        {
            byte b = _rest[i];
            if (b == '"')
            {
                _rest = _rest[(i + 1)..];
                value = [.. bytes];
                return true;
            }

            if (b != '\\')
            {
                bytes.Add(b);
            }
            else if (++i < _rest.Length)
            {
                bytes.Add(_rest[i] switch { (byte)'n' => (byte)'\n', (byte)'t' => (byte)'\t', _ => _rest[i] });
            }
        }

        return false;
    }

    public bool TryArgument(EventFormat format, out PrintArgument argument)
    {
        argument = default;
        if (!TryTake(","u8))
            return false;
        if (TryTake("__get_str("u8))
            return TryName(out string name) && TryTake(")"u8) && format.Find(name) is { IsDataLocation: true } text && Give(new(text, 0, true, null), out argument);
        if (TryTake("__print_symbolic("u8))
            return TryField(format, out EventField? number, out int _) && TryNames(out Dictionary<ulong, byte[]>? names) && Give(new(number!, 0, false, names), out argument);
        return TryField(format, out EventField? field, out int element) && Give(new(field!, element, false, null), out argument);
    }

    private static bool Give(PrintArgument made, out PrintArgument argument)
    {
        argument = made;
        return true;
    }

    private bool TryField(EventFormat format, out EventField? field, out int element)
    {
        field = null;
        element = 0;
        _ = TryTake("(void *)"u8) || TryTake("(unsigned long)"u8);
        if (!TryTake("REC->"u8) || !TryName(out string name))
            return false;
        field = format.Find(name);
        if (field is null || field.IsDataLocation)
            return false;
        if (!TryTake("["u8))
            return field.Elements == 1;
        return TryNumber(out ulong index) && TryTake("]"u8) && index < (ulong)field.Elements && (element = (int)index) >= 0;
    }

    private bool TryNames(out Dictionary<ulong, byte[]> names)
    {
        names = [];
        while (TryTake(","u8))
        {
            if (!TryTake("{"u8) || !TryNumber(out ulong number) || !TryTake(","u8) || !TryString(out byte[] name) || !TryTake("}"u8))
                return false;
            names.TryAdd(number, name);   // the kernel also takes the first
        }

        return TryTake(")"u8);
    }

    private bool TryNumber(out ulong value)
    {
        Skip();
        int end = 0;
        while (end < _rest.Length && char.IsAsciiLetterOrDigit((char)_rest[end]))
            end++;
        ReadOnlySpan<byte> digits = _rest[..end];
        _rest = _rest[end..];
        return AsciiNumber.TryEither(digits.TrimEnd("uUlL"u8), out value);
    }

    private bool TryName(out string name)
    {
        int end = 0;
        while (end < _rest.Length && (char.IsAsciiLetterOrDigit((char)_rest[end]) || _rest[end] == '_'))
            end++;
        name = Encoding.Latin1.GetString(_rest[..end]);
        _rest = _rest[end..];
        return end > 0;
    }

    private bool TryTake(ReadOnlySpan<byte> token)
    {
        Skip();
        if (!_rest.StartsWith(token))
            return false;
        _rest = _rest[token.Length..];
        return true;
    }

    private void Skip() => _rest = _rest.TrimStart((byte)' ');
}
