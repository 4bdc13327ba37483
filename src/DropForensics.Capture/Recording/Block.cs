namespace DropForensics.Capture.Recording;

/// <summary>Bytes of one CPU's ring, text or pages, on their way from the reader to the writer. Blocks are reused.</summary>
internal sealed class Block
{
    /// <summary>Room for several of the kernel's reads of text (two pages of 4 KiB each), and for a page of a ring: 4, 16 or 64 KiB.</summary>
    public const int Size = 64 * 1024;

    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(Size);

    public int Cpu { get; set; }

    public int Length { get; set; }

    /// <summary>It holds pages of so many bytes each; 0 where it holds text.</summary>
    public int PageBytes { get; set; }
}
