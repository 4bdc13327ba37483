using System.Buffers.Binary;
using System.IO.Compression;

namespace DropForensics.Analyze.Charts.Raster;

/// <summary>Writes pixels as PNG (W3C PNG specification, third edition): 8 bit RGB, not interlaced, no row filter.</summary>
internal static class PngEncoder
{
    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <param name="canvas">The pixels.</param>
    /// <param name="pixelsPerMetre">How large they are meant to be shown; 96 dpi is 3780.</param>
    /// <param name="output">Left open.</param>
    public static void Write(Canvas canvas, int pixelsPerMetre, Stream output)
    {
        output.Write([0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n']);

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, canvas.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), canvas.Height);
        header[8] = 8; // bits a sample
        header[9] = 2; // RGB
        WriteChunk(output, "IHDR"u8, header);

        var density = new byte[9];
        BinaryPrimitives.WriteInt32BigEndian(density, pixelsPerMetre);
        BinaryPrimitives.WriteInt32BigEndian(density.AsSpan(4), pixelsPerMetre);
        density[8] = 1; // metres
        WriteChunk(output, "pHYs"u8, density);

        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true))
            WriteRows(canvas, zlib);
        WriteChunk(output, "IDAT"u8, compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        WriteChunk(output, "IEND"u8, []);
    }

    private static void WriteRows(Canvas canvas, ZLibStream zlib)
    {
        const byte filterNone = 0; // On flat colours and letters, plain rows compress a quarter better than differences.
        var stride = canvas.Width * 3;
        for (var y = 0; y < canvas.Height; y++)
        {
            zlib.WriteByte(filterNone);
            zlib.Write(canvas.Pixels, y * stride, stride);
        }
    }

    private static void WriteChunk(Stream output, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        output.Write(word);
        output.Write(type);
        output.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(word, ~Crc(Crc(uint.MaxValue, type), data));
        output.Write(word);
    }

    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
            crc = CrcTable[(byte)(crc ^ value)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            var crc = i;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
            table[i] = crc;
        }

        return table;
    }
}
