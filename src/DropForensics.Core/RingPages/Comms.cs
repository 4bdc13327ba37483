using DropForensics.Core.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// Names of tasks as trace text shows them: from tracefs <c>saved_cmdlines</c>, a line each, <c>24416 flood</c>, which the kernel
/// overwrites as it goes; so it is read again, but not often. A task may have chosen a name with a newline and digits in it, and so
/// claim another's line there.
/// </summary>
/// <param name="read">Gives the file; null where it cannot be read.</param>
internal sealed class Comms(Func<byte[]?> read)
{
    private const long RestMs = 1000, RestWithUnknownMs = 100;

    // More names than any saved_cmdlines_size in use; names seen before are kept beyond the kernel's own table.
    private const int MostNames = 32 * 1024;

    private const int MaxCommBytes = 15;

    private static ReadOnlySpan<byte> Unknown => "<...>"u8;

    private readonly Dictionary<int, byte[]> _names = [];
    private long _readAt = long.MinValue / 2;

    /// <summary>How often names were read: while it stays the same, so do they.</summary>
    public int Reads { get; private set; }

    /// <summary>Names are looked at again when they are older than a second: call it once a page.</summary>
    public void Refresh()
    {
        if (Environment.TickCount64 - _readAt >= RestMs)
            Read();
    }

    /// <summary>As trace_find_cmdline: <c>&lt;idle&gt;</c> is task 0 of each CPU, <c>&lt;...&gt;</c> nobody knows.</summary>
    public ReadOnlySpan<byte> Of(int pid)
    {
        if (pid <= 0)
            return pid == 0 ? "<idle>"u8 : "<XXX>"u8;
        if (_names.TryGetValue(pid, out byte[]? name))
            return name;
        if (Environment.TickCount64 - _readAt < RestWithUnknownMs)
            return Unknown;
        Read();
        return _names.TryGetValue(pid, out name) ? name : Unknown;
    }

    /// <summary>Whether <see cref="Of"/> said so because it did not know: the next time it may.</summary>
    public static bool IsUnknown(ReadOnlySpan<byte> name) => name.SequenceEqual(Unknown);

    private void Read()
    {
        _readAt = Environment.TickCount64;
        Reads++;
        if (_names.Count > MostNames)
            _names.Clear();
        ReadOnlySpan<byte> text = read() ?? [];
        while (!text.IsEmpty)
        {
            int digits = AsciiNumber.CountDigits(text), end = EndOf(text);
            if (AsciiNumber.TryDecimal(text[..digits], int.MaxValue, out int pid) && digits + 1 <= end && text[digits] == ' ')
                Keep(pid, text[(digits + 1)..end]);
            text = text[Math.Min(end + 1, text.Length)..];
        }
    }

    // A newline that no number follows belongs to the name.
    private static int EndOf(ReadOnlySpan<byte> text)
    {
        int end = 0;
        while (true)
        {
            int newline = text[end..].IndexOf((byte)'\n');
            if (newline < 0)
                return text.Length;
            end += newline;
            ReadOnlySpan<byte> next = text[(end + 1)..];
            int digits = AsciiNumber.CountDigits(next);
            if (next.IsEmpty || (digits > 0 && digits < next.Length && next[digits] == ' '))
                return end;
            end++;
        }
    }

    private void Keep(int pid, ReadOnlySpan<byte> name)
    {
        name = name[..Math.Min(name.Length, MaxCommBytes)];
        if (!_names.TryGetValue(pid, out byte[]? known) || !name.SequenceEqual(known))
            _names[pid] = name.ToArray();
    }
}
