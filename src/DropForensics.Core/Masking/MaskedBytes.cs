namespace DropForensics.Core.Masking;

/// <summary>Where masked bytes are put together, one stream's after the other's: each is stored before the next is fed.</summary>
public sealed class MaskedBytes
{
    /// <summary>Room for at least so many bytes; what it held is void.</summary>
    internal byte[] Reserve(int size)
    {
        if (Bytes.Length < size)
            Bytes = new byte[Math.Max(size, 2 * Bytes.Length)];
        return Bytes;
    }

    internal byte[] Bytes { get; private set; } = [];
}
