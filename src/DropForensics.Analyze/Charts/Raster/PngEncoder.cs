using System.Buffers.Binary;
using System.IO.Compression;

namespace DropForensics.Analyze.Charts.Raster;

/// <summary>Writes pixels as PNG (W3C PNG specification, third edition): 8 bit RGB, not interlaced.</summary>
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
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
            WriteRows(canvas, zlib);
        WriteChunk(output, "IDAT"u8, compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        WriteChunk(output, "IEND"u8, []);
    }

    private static void WriteRows(Canvas canvas, ZLibStream zlib)
    {
        // On flat colours and letters, plain rows compress a quarter better than differences, but for a row like the one above. The last
        // tenth of size would cost ten times the time.
        const byte filterNone = 0, filterUp = 2;
        var stride = canvas.Width * 3;
        var noChange = new byte[stride];
        for (var y = 0; y < canvas.Height; y++)
        {
            ReadOnlySpan<byte> row = canvas.Pixels.AsSpan(y * stride, stride);
            var repeats = y > 0 && row.SequenceEqual(canvas.Pixels.AsSpan((y - 1) * stride, stride));
            zlib.WriteByte(repeats ? filterUp : filterNone);
            zlib.Write(repeats ? noChange : row);
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
