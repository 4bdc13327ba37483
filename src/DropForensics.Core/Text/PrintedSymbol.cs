namespace DropForensics.Core.Text;

/// <summary>
/// A code address as the kernel prints it (<c>%pS</c>, <c>seq_print_ip_sym</c>), as a view of the text.
/// <code>e1000_clean+0x296/0x6b0 [e1000]</code>
/// <code>udp_sendmsg &lt;ffffffff8acfe6ac></code>
/// <code>0xffffffffc05610de</code>
/// <code>[unknown/kretprobe'd]</code>
/// </summary>
internal readonly ref struct PrintedSymbol
{
    /// <summary>The symbol alone; <c>0x…</c> where the kernel knew none; empty where only <see cref="Address"/> stands there.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    public long? Offset { get; init; }

    /// <summary>Without its brackets; empty for the kernel image or where the trace does not say.</summary>
    public ReadOnlySpan<byte> Module { get; init; }

    /// <summary>Digits of the address that <c>sym-addr</c> adds; empty without it.</summary>
    public ReadOnlySpan<byte> Address { get; init; }

    /// <summary>As printed, without the address.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    /// <summary>The compiler inlined it into the function on the next line, which has the module. Only perf's text shows this.</summary>
    public bool IsInlined { get; init; }

    /// <summary>Whether the line has no kernel code address at all.</summary>
    public bool IsNone => Name.IsEmpty && Address.IsEmpty;

    /// <param name="text">The text, without blanks around it.</param>
    /// <param name="symbol">What it says.</param>
    /// <param name="sized">Whether an offset is followed by the function's size: in the kernel's own text it is, in libtraceevent's it is not.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out PrintedSymbol symbol, bool sized = true)
    {
        symbol = default;
        if (!TryCutAddress(ref text, out ReadOnlySpan<byte> address))
            return false;
        ReadOnlySpan<byte> printed = text;
        if (!TryCutModule(ref text, out ReadOnlySpan<byte> module) || !TryCutOffset(ref text, sized, out long? offset) || !IsName(text))
            return false;
        if (text.IsEmpty && (address.IsEmpty || !printed.IsEmpty))
            return false;
        symbol = new PrintedSymbol { Name = text, Offset = offset, Module = module, Address = address, Text = printed };
        return true;
    }

    // "udp_sendmsg <ffffffff8acfe6ac>", " <000000000043c0d3>"
    private static bool TryCutAddress(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> address)
    {
        address = [];
        if (!text.EndsWith(">"u8))
            return true;
        int open = text.LastIndexOf(" <"u8);
        if (open < 0)
            return false;
        address = text[(open + 2)..^1];
        text = text[..open];
        return AsciiNumber.TryHex(address, out _);
    }

    // "e1000_clean+0x296/0x6b0 [e1000]"
    private static bool TryCutModule(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> module)
    {
        module = [];
        int open = text.EndsWith("]"u8) ? text.LastIndexOf(" ["u8) : -1;
        if (open <= 0 || text[0] == '[')
            return true;
        module = text[(open + 2)..^1];
        text = text[..open];
        // Digits alone are a CPU: a cut line with the next one glued on.
        return module.ContainsAnyExceptInRange((byte)'0', (byte)'9') && IsName(module);
    }

    // "e1000_clean+0x296/0x6b0", or "e1000_clean+0x296"
    private static bool TryCutOffset(scoped ref ReadOnlySpan<byte> text, bool sized, out long? offset)
    {
        offset = null;
        int plus = text.IndexOf((byte)'+');
        if (plus < 0)
            return true;
        ReadOnlySpan<byte> tail = text[plus..];
        text = text[..plus];
        int slash = tail.IndexOf((byte)'/');
        bool hasSize = slash >= 0;
        if (!hasSize)
            slash = tail.Length;
        if (hasSize != sized || !tail.StartsWith("+0x"u8) || !AsciiNumber.TryHex(tail[3..slash], out ulong value) || value > long.MaxValue)
            return false;
        if (hasSize && (!tail[slash..].StartsWith("/0x"u8) || !AsciiNumber.TryHex(tail[(slash + 3)..], out _)))
            return false;
        offset = (long)value;
        return true;
    }

    // Printable ASCII without blanks and colons, "tcp_v4_rcv.cold", or something in brackets, "[FTRACE TRAMPOLINE]".
    private static bool IsName(ReadOnlySpan<byte> text)
    {
        bool bracketed = text.StartsWith("["u8) && text.EndsWith("]"u8);
        return !text.ContainsAnyExceptInRange(bracketed ? (byte)' ' : (byte)'!', (byte)'~') && !text.Contains((byte)':');
    }
}
