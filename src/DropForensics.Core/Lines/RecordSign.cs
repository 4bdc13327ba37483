using System.Buffers;
using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// Whether a line that did not parse may be a damaged record of a drop, its stack or a loss. A line without any sign of one was written by a person,
/// or printed by a shell, between the records.
/// </summary>
internal static class RecordSign
{
    /// <summary>Printed instead of such a line if it must not be shown.</summary>
    public static ReadOnlySpan<byte> Redacted => "(redacted) skbaddr="u8;

    private static readonly SearchValues<byte> Digits = SearchValues.Create("0123456789"u8);

    public static bool IsIn(ReadOnlySpan<byte> line) =>
        line.IndexOf("skbaddr="u8) >= 0 || line.IndexOf("protocol="u8) >= 0 || line.IndexOf("location="u8) >= 0 || line.IndexOf("stack trace>"u8) >= 0
        || line.IndexOf("[LOST"u8) >= 0 || line.IndexOf("EVENTS DROPPED]"u8) >= 0 || line.IndexOf("PERF_RECORD_LOST"u8) >= 0 || HasCpu(line) || HasTime(line);

    // "[003]", also where the line ends in it.
    private static bool HasCpu(ReadOnlySpan<byte> line)
    {
        while (line.IndexOf((byte)'[') is >= 0 and int open)
        {
            line = line[(open + 1)..];
            int digits = AsciiNumber.CountDigits(line);
            if (digits is 3 or 4 && (digits == line.Length || line[digits] == ']'))
                return true;
        }
        return false;
    }

    // "101.250000:"
    private static bool HasTime(ReadOnlySpan<byte> line)
    {
        while (line.IndexOf((byte)'.') is >= 0 and int point)
        {
            int decimals = AsciiNumber.CountDigits(line[(point + 1)..]);
            int end = point + 1 + decimals;
            if (decimals is 6 or 9 && point > 0 && Digits.Contains(line[point - 1]) && (end == line.Length || line[end] == ':'))
                return true;
            line = line[(point + 1)..];
        }
        return false;
    }
}
