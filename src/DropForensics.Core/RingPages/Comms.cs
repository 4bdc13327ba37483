using DropForensics.Core.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// Task names as trace text shows them, from tracefs <c>saved_cmdlines</c>, one line each, <c>24416 flood</c>. The kernel overwrites that table
/// continuously, so it is read again from time to time. A task may choose a name with a newline and digits in it, and so imitate another task's line.
/// </summary>
/// <param name="read">Reads the file; null if that fails.</param>
internal sealed class Comms(Func<byte[]?> read)
{
    private const long RestMs = 1000, RestWithUnknownMs = 100;

    // More names than any saved_cmdlines_size in use; names seen before are kept beyond the kernel's own table.
    private const int MostNames = 32 * 1024;

    private const int MaxCommBytes = 15;

    private static ReadOnlySpan<byte> Unknown => "<...>"u8;

    private readonly Dictionary<int, byte[]> _names = [];
    private long _readAt = long.MinValue / 2;

    /// <summary>Number of reads so far: while it is unchanged, so are the names.</summary>
    public int Reads { get; private set; }

    /// <summary>Reads the names again if they are older than a second; call it once for each page.</summary>
    public void Refresh()
    {
        if (Environment.TickCount64 - _readAt >= RestMs)
            Read();
    }

    /// <summary>Like trace_find_cmdline: <c>&lt;idle&gt;</c> for task 0 of each CPU, <c>&lt;...&gt;</c> for an unknown name.</summary>
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

    /// <summary>Whether <see cref="Of"/> returned a placeholder because the name is unknown; a later call may know it.</summary>
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

    // A newline without a number after it belongs to the name.
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
