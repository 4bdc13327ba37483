using System.Text;
using DropForensics.Core.Text;

namespace DropForensics.Core.Tracefs;

/// <summary>The table of reason names in an event's <c>format</c> file.</summary>
internal static class ReasonFormat
{
    /// <summary>Number to name without <c>MAX</c>; none where the event has no reasons (up to 5.16).</summary>
    public static Dictionary<uint, string> Names(ReadOnlySpan<byte> format)
    {
        // print fmt: "… reason: %s", …, __print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, { 3, "NO_SOCKET" }, … { 100, "MAX" })
        ReadOnlySpan<byte> opening = "__print_symbolic(REC->reason,"u8;
        var names = new Dictionary<uint, string>();
        int at = format.IndexOf(opening);
        if (at < 0)
            return names;

        ReadOnlySpan<byte> rest = TraceText.SkipBlanks(format[(at + opening.Length)..]);
        while (TryTakeEntry(ref rest, out uint value, out string name))
        {
            if (name != "MAX")
                names.TryAdd(value, name);
        }
        return names;
    }

    // { 3, "NO_SOCKET" }, or, where the kernel forgot to resolve the enum, { SKB_DROP_REASON_NO_SOCKET, "NO_SOCKET" }: skipped.
    private static bool TryTakeEntry(scoped ref ReadOnlySpan<byte> rest, out uint value, out string name)
    {
        while (rest.Length > 0 && rest[0] == '{')
        {
            int comma = rest.IndexOf((byte)',');
            int close = rest.IndexOf((byte)'}');
            if (comma < 0 || close < comma)
                break;
            ReadOnlySpan<byte> number = rest[1..comma].Trim((byte)' ');
            ReadOnlySpan<byte> text = rest[(comma + 1)..close].Trim((byte)' ').Trim((byte)'"');
            rest = rest[(close + 1)..].TrimStart(", "u8);
            if (AsciiNumber.TryEither(number, out ulong wide) && wide <= uint.MaxValue)
            {
                value = (uint)wide;
                name = Encoding.UTF8.GetString(text);
                return true;
            }
        }
        (value, name) = (0, "");
        return false;
    }
}
