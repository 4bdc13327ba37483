namespace DropForensics.Core.Text;

/// <summary>The bytes of an unfinished record, kept until the rest of it arrives. Holds a line and one top-up at most.</summary>
internal sealed class CarryBuffer
{
    /// <summary>Added at a time, enough to finish any usual line; what lies behind it is read in place.</summary>
    public const int TopUpBytes = 4096;

    private byte[] _bytes = new byte[2 * TopUpBytes];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Length + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void RemoveFirst(int count)
    {
        Length -= count;
        _bytes.AsSpan(count, Length).CopyTo(_bytes);
    }
}
