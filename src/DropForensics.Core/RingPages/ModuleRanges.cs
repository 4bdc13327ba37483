using DropForensics.Core.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// Where modules lie in the kernel's memory, from /proc/modules: <c>e1000 172032 0 - Live 0xffffffffc0a01000</c> (kernel/module/procfs.c).
/// It has a hundred lines, kallsyms a hundred thousand.
/// </summary>
internal static class ModuleRanges
{
    /// <summary>Whether one of the addresses lies in a module.</summary>
    /// <param name="text">The file; other lines and hidden addresses are skipped.</param>
    /// <param name="addresses">The addresses to look for.</param>
    public static bool HoldAny(ReadOnlySpan<byte> text, IReadOnlyCollection<ulong> addresses)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (!TryRange(line, out ulong start, out ulong size))
                continue;
            foreach (ulong address in addresses)
            {
                if (address - start < size)
                    return true;
            }
        }

        return false;
    }

    private static bool TryRange(ReadOnlySpan<byte> line, out ulong start, out ulong size)
    {
        (start, size) = (0, 0);
        int name = line.IndexOf((byte)' '), at = line.LastIndexOf(" 0x"u8);
        if (name < 0 || at <= name)
            return false;
        ReadOnlySpan<byte> bytes = line[(name + 1)..], digits = line[(at + 3)..];
        int blank = digits.IndexOf((byte)' '); // a taint, "(OE)", may follow
        if (!AsciiNumber.TryDecimal(bytes[..AsciiNumber.CountDigits(bytes)], int.MaxValue, out int length)
            || !AsciiNumber.TryHex(blank < 0 ? digits : digits[..blank], out start))
            return false;
        size = (ulong)length;
        return start != 0;
    }
}
