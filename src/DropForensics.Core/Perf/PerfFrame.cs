using DropForensics.Core.Text;

namespace DropForensics.Core.Perf;

/// <summary>
/// One frame of a stack of <c>perf script</c> (tools/perf/util/evsel_fprintf.c, <c>sample__fprintf_callchain</c>): address, symbol with
/// offset, and in parentheses the object it is in. The frames of user space follow those of the kernel without a mark.
/// <code>	ffffffff820a7f2c __udp4_lib_rcv+0x4bc ([kernel.kallsyms])</code>
/// <code>	ffffffffc02d1f4e veth_poll+0x9e ([veth])</code>
/// <code>	           f8350 __GI___libc_write+0x10 (/usr/lib/x86_64-linux-gnu/libc.so.6)</code>
/// Where perf has the kernel's files at hand, it prints addresses as offsets into them:
/// <code>	          8da2b1 __dev_queue_xmit (/usr/lib/debug/boot/vmlinux-5.8.0)</code>
/// <code>	           2c4f1 mlx5e_handle_rx_cqe ([mlx5_core])</code>
/// So the object's name decides whether a frame is the kernel's; the address decides only if there is no name.
/// </summary>
internal static class PerfFrame
{
    /// <summary>Reads a frame, <see cref="PrintedSymbol.IsInlined"/> if it belongs to the next one's function; <see cref="PrintedSymbol.IsNone"/> for a valid line outside the kernel.</summary>
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
        bool isInlined = container.SequenceEqual("inlined"u8) && address >> 63 == 0;
        if (!isInlined && !IsOfKernel(address, container))
            return true;
        if (text.SequenceEqual("[unknown]"u8))
            text = [];
        CutOffset(ref text, out long? offset);
        symbol = new PrintedSymbol { Name = text, Offset = offset, Module = ModuleOf(container), Address = digits, Text = text, IsInlined = isInlined };
        return true;
    }

    private static bool IsOfKernel(ulong address, ReadOnlySpan<byte> container)
    {
        if (container.IsEmpty || container.SequenceEqual("[unknown]"u8) || container.SequenceEqual("inlined"u8) || container.StartsWith("bpf_prog_"u8))
            return address >> 63 != 0; // x86-64 and arm64 have the kernel in the upper half
        if (container.StartsWith("["u8))
            return container.EndsWith("]"u8) && !IsUserArea(container[1..^1]);
        ReadOnlySpan<byte> file = FileOf(container);
        return file.StartsWith("vmlinu"u8) || file.SequenceEqual("kallsyms"u8) || file.SequenceEqual("kcore"u8) || ModuleFile(file) > 0;
    }

    // What perf puts in brackets of a process' memory; all else in brackets is the kernel or a module.
    private static bool IsUserArea(ReadOnlySpan<byte> name) =>
        name.StartsWith("vdso"u8) || name.StartsWith("vsyscall"u8) || name.StartsWith("vvar"u8) || name.StartsWith("stack"u8) || name.StartsWith("heap"u8)
        || name.StartsWith("anon"u8) || name.StartsWith("JIT"u8) || name.SequenceEqual("vectors"u8) || name.SequenceEqual("sigpage"u8) || name.SequenceEqual("uprobes"u8);

    private static ReadOnlySpan<byte> FileOf(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'/') + 1)..];

    // Length of the module's name in "veth.ko", "veth.ko.xz", "veth.ko.debug"; 0 for any other file.
    private static int ModuleFile(ReadOnlySpan<byte> file)
    {
        int suffix = file.LastIndexOf(".ko"u8);
        return suffix > 0 && (file.Length == suffix + 3 || file[suffix + 3] == '.') ? suffix : 0;
    }

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
        if (container.LastIndexOf("+0x"u8) is > 0 and int offset && AsciiNumber.TryHex(container[(offset + 3)..], out _))
            container = container[..offset]; // with the field dsoff
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
        ReadOnlySpan<byte> file = FileOf(container);
        return Underscored(file[..ModuleFile(file)]);
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
