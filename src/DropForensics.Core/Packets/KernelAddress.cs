namespace DropForensics.Core.Packets;

/// <summary>Which 64-bit values can point into the kernel's memory.</summary>
internal static class KernelAddress
{
    /// <summary>
    /// The lowest on any supported machine. x86-64 starts at 0xffff8000_00000000 with four levels of page tables and at 0xff000000_00000000
    /// with five (Documentation/arch/x86/x86_64/mm.rst); arm64 at 0xffff0000_00000000 with 48-bit addresses and at 0xfff00000_00000000 with
    /// 52 (Documentation/arch/arm64/memory.rst).
    /// </summary>
    public const ulong Lowest = 0xff00_0000_0000_0000;
}
