using System.IO.Compression;

namespace DropForensics.Core.Store;

/// <summary>Packs raw trace text for a chunk and unpacks it again; keeps its buffers, so one thread at a time.</summary>
internal sealed class ChunkCodec : IDisposable
{
    private static readonly ZLibCompressionOptions Options = new() { CompressionLevel = 1 };

    private readonly MemoryStream _packed = new();

    /// <summary>The bytes to store, valid until the next call: packed, or the text itself where packing does not pay.</summary>
    public ReadOnlySpan<byte> Pack(ReadOnlySpan<byte> text, out string codec)
    {
        _packed.SetLength(0);
        using (var zlib = new ZLibStream(_packed, Options, leaveOpen: true)) zlib.Write(text);
        ReadOnlySpan<byte> packed = _packed.GetBuffer().AsSpan(0, (int)_packed.Length);
        bool pays = packed.Length < text.Length;
        codec = pays ? CaptureFile.ZlibCodec : CaptureFile.TextCodec;
        return pays ? packed : text;
    }

    public void Dispose() => _packed.Dispose();

    /// <summary>
    /// Unpacks into <paramref name="text"/>, which has the size the chunk claims; false unless the data fills exactly that.
    /// No more than that is ever unpacked, whatever the data says.
    /// </summary>
    public static bool TryUnpack(string codec, byte[] data, Span<byte> text)
    {
        switch (codec)
        {
            case CaptureFile.TextCodec:
                return data.Length == text.Length && data.AsSpan().TryCopyTo(text);
            case CaptureFile.ZlibCodec:
                try
                {
                    using var zlib = new ZLibStream(new MemoryStream(data, writable: false), CompressionMode.Decompress);
                    return zlib.ReadAtLeast(text, text.Length, throwOnEndOfStream: false) == text.Length && zlib.ReadByte() < 0;
                }
                catch (InvalidDataException)
                {
                    return false;
                }

            default:
                return false;
        }
    }
}
