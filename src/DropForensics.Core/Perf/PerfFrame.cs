using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Perf;

/// <summary>
/// One frame of a stack of <c>perf script</c> (tools/perf/util/evsel_fprintf.c, <c>sample__fprintf_callchain</c>): address, symbol with
/// offset, and in parentheses the object it is in. The frames of user space follow those of the kernel without a mark.
/// <code>	ffffffff820a7f2c __udp4_lib_rcv+0x4bc ([kernel.kallsyms])</code>
/// <code>	ffffffffc02d1f4e veth_poll+0x9e ([veth])</code>
/// <code>	           f8350 __GI___libc_write+0x10 (/usr/lib/x86_64-linux-gnu/libc.so.6)</code>
/// </summary>
internal static class PerfFrame
{
    /// <summary>Reads a frame; <see cref="PrintedSymbol.IsNone"/> for a sound line that is none of the kernel's.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out PrintedSymbol symbol)
    {
        symbol = default;
        ReadOnlySpan<byte> text = TraceText.SkipBlanks(line);
        int end = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> digits = end < 0 ? text : text[..end];
        if (!AsciiNumber.TryHex(digits, out ulong address))
            return IsSourceLine(line);

        text = end < 0 ? [] : text[(end + 1)..];
        if (!TryCutObject(ref text, out ReadOnlySpan<byte> container))
            return false;
        if (!IsOfKernel(address, container))
            return true;
        if (text.SequenceEqual("[unknown]"u8))
            text = [];
        CutOffset(ref text, out long? offset);
        symbol = new PrintedSymbol { Name = text, Offset = offset, Module = ModuleOf(container), Address = digits, Text = text };
        return true;
    }

    // x86-64 and arm64 have the kernel in the upper half, and so the page of vsyscalls, which is user code.
    private static bool IsOfKernel(ulong address, ReadOnlySpan<byte> container) =>
        container.StartsWith("[kernel"u8) || (address >> 63 != 0 && !container.SequenceEqual("[vsyscall]"u8));

    // " (/usr/lib/x86_64-linux-gnu/libc.so.6)"; none without the field dso. A symbol of C++ has parentheses too, but none behind a blank at its end.
    private static bool TryCutObject(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> container)
    {
        container = [];
        if (!text.EndsWith(")"u8))
            return true;
        int open = text.StartsWith("("u8) ? 0 : text.LastIndexOf(" ("u8) is >= 0 and int blank ? blank + 1 : -1;
        if (open < 0)
            return true;
        container = text[(open + 1)..^1];
        text = text[..Math.Max(0, open - 1)];
        return !container.IsEmpty;
    }

    // "tcp_v4_rcv+0x99": unlike the kernel, perf does not say how long the function is.
    private static void CutOffset(scoped ref ReadOnlySpan<byte> text, out long? offset)
    {
        offset = null;
        int plus = text.LastIndexOf("+0x"u8);
        if (plus <= 0 || !AsciiNumber.TryHex(text[(plus + 3)..], out ulong value) || value > long.MaxValue)
            return;
        offset = (long)value;
        text = text[..plus];
    }

    // "[veth]", "/lib/modules/6.1.0/kernel/drivers/net/veth.ko.xz": a module. "[kernel.kallsyms]", "/usr/lib/debug/boot/vmlinux-6.1.0",
    // "inlined", "bpf_prog_6deef7357e7b4530": not one. A file's name may have '-' where the module's has '_'.
    private static ReadOnlySpan<byte> ModuleOf(ReadOnlySpan<byte> container)
    {
        if (container.StartsWith("["u8) && container.EndsWith("]"u8))
            return container.StartsWith("[kernel"u8) || container.StartsWith("[guest.kernel"u8) || container.SequenceEqual("[unknown]"u8) ? [] : container[1..^1];
        ReadOnlySpan<byte> file = container[(container.LastIndexOf((byte)'/') + 1)..];
        int suffix = file.LastIndexOf(".ko"u8);
        return suffix > 0 && (file.Length == suffix + 3 || file[suffix + 3] == '.') ? Underscored(file[..suffix]) : [];
    }

    // A distinct stack is read once, so this is rare.
    private static ReadOnlySpan<byte> Underscored(ReadOnlySpan<byte> file)
    {
        if (!file.Contains((byte)'-'))
            return file;
        byte[] name = file.ToArray();
        name.AsSpan().Replace((byte)'-', (byte)'_');
        return name;
    }

    // With the field srcline, below each frame: "  net/ipv4/udp.c:2421", "  [kernel.kallsyms][ffffffff81e94fb0]".
    private static bool IsSourceLine(ReadOnlySpan<byte> line) =>
        line.StartsWith("  "u8) && (line.EndsWith("]"u8) || (line.LastIndexOf((byte)':') is > 0 and int colon && AsciiNumber.CountDigits(line[(colon + 1)..]) > 0));
}
