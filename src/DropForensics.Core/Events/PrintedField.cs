using DropForensics.Core.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// One argument of a dynamic probe.
/// <code> ifindex=1</code> <code> dev="lo"</code> <code> dev=(fault)</code> <code> b={0x0,0x1}</code>
/// <code> caller=e1000_clean+0x296/0x6b0 [e1000]</code>
/// </summary>
internal readonly ref struct PrintedField
{
    public ReadOnlySpan<byte> Name { get; private init; }

    /// <summary>As printed, quotes and braces included.</summary>
    public ReadOnlySpan<byte> Value { get; private init; }

    public bool TryNumber(out ulong number) => AsciiNumber.TryEither(Value, out number);

    /// <summary>Takes the first field, including its leading blank.</summary>
    public static bool TryTake(scoped ref ReadOnlySpan<byte> fields, out PrintedField field)
    {
        field = default;
        int equals = fields.IndexOf((byte)'=');
        if (equals < 2 || fields[0] != ' ' || fields[1..equals].ContainsAnyExcept(TraceText.NameBytes))
            return false;
        ReadOnlySpan<byte> rest = fields[(equals + 1)..];
        int length = ValueLength(rest);
        if (length <= 0)
            return false;
        field = new PrintedField { Name = fields[1..equals], Value = rest[..length] };
        fields = rest[length..];
        return true;
    }

    private static int ValueLength(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty)
            return 0;
        if (rest[0] is (byte)'"' or (byte)'{')
            return ClosedLength(rest, rest[0] == '"' ? (byte)'"' : (byte)'}');
        int blank = rest.IndexOf((byte)' ');
        if (blank < 0)
            return rest.Length;
        // A symbol's module; digits alone would be the CPU of a record glued on.
        int close = rest[blank..].StartsWith(" ["u8) ? rest[blank..].IndexOf((byte)']') : -1;
        return close > 2 && rest.Slice(blank + 2, close - 2).ContainsAnyExceptInRange((byte)'0', (byte)'9') ? blank + close + 1 : blank;
    }

    // Up to the closing byte that a blank or the end follows: the kernel escapes nothing.
    private static int ClosedLength(ReadOnlySpan<byte> rest, byte closing)
    {
        for (int at = 1; at < rest.Length; at++)
        {
            int found = rest[at..].IndexOf(closing);
            if (found < 0)
                break;
            at += found;
            if (at == rest.Length - 1 || rest[at + 1] == ' ')
                return at + 1;
        }
        return 0;
    }
}
