namespace DropForensics.Core.Text;

/// <summary>
/// IP addresses from text, as the kernel prints them: <c>192.0.2.1</c>, <c>2001:db8::1</c>, <c>::ffff:192.0.2.1</c>. .NET's own parser also knows zones, whose
/// names it asks the system's resolver for, and that cannot be linked into a static program.
/// </summary>
internal static class AsciiAddress
{
    private const int GroupBits = 16, Groups = 8, Ipv4Groups = 2;

    /// <summary>All of <paramref name="text"/>; an IPv4 address that is mapped into IPv6 counts as IPv4, in the lowest 32 bits.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out UInt128 address, out bool isIpv6)
    {
        isIpv6 = text.IndexOf((byte)':') >= 0;
        if (!isIpv6)
            return TryIpv4(text, out address);
        if (!TryIpv6(text, out address))
            return false;
        isIpv6 = address >> 32 != 0xffff;
        if (!isIpv6)
            address &= uint.MaxValue;
        return true;
    }

    private static bool TryIpv4(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = 0;
        int parts = 0;
        foreach (Range part in text.Split((byte)'.'))
        {
            if (++parts > 4 || text[part].Length > 3 || !AsciiNumber.TryDecimal(text[part], byte.MaxValue, out int value))
                return false;
            address = address << 8 | (UInt128)value;
        }

        return parts == 4;
    }

    private static bool TryIpv6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        int gap = text.IndexOf("::"u8);
        if (gap < 0)
            return TryGroups(text, out address, out int all) && all == Groups;
        if (!TryGroups(text[..gap], out address, out int before) || !TryGroups(text[(gap + 2)..], out UInt128 end, out int after) || before + after >= Groups)
            return false;
        address = (before == 0 ? 0 : address << (GroupBits * (Groups - before))) | end;
        return true;
    }

    // The last may be an IPv4 address. None is a number too.
    private static bool TryGroups(ReadOnlySpan<byte> text, out UInt128 value, out int groups)
    {
        (value, groups) = (0, 0);
        if (text.IsEmpty)
            return true;
        foreach (Range part in text.Split((byte)':'))
        {
            bool isLast = part.End.GetOffset(text.Length) == text.Length;
            if (isLast && text[part].IndexOf((byte)'.') >= 0)
            {
                if (!TryIpv4(text[part], out UInt128 last))
                    return false;
                value = value << (Ipv4Groups * GroupBits) | last;
                groups += Ipv4Groups;
            }
            else
            {
                if (text[part].Length > 4 || !AsciiNumber.TryHex(text[part], out ulong group))
                    return false;
                value = value << GroupBits | group;
                groups++;
            }
        }

        return groups <= Groups;
    }
}
