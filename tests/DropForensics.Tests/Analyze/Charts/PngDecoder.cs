using System.Buffers.Binary;
using System.IO.Compression;
using Xunit;

namespace DropForensics.Tests.Analyze.Charts;

/// <summary>Reads pictures: 8 bit RGB, rows with the filters none, left and above. Checks every chunk's CRC bit by bit.</summary>
internal sealed record PngDecoder(int Width, int Height, byte[] Pixels, IReadOnlyList<string> Chunks)
{
    public string this[int x, int y] =>
        $"#{Pixels[((y * Width) + x) * 3]:x2}{Pixels[(((y * Width) + x) * 3) + 1]:x2}{Pixels[(((y * Width) + x) * 3) + 2]:x2}";

    public static PngDecoder Decode(byte[] file)
    {
        Assert.Equal([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], file[..8]);
        int width = 0, height = 0;
        using var data = new MemoryStream();
        List<string> types = [];
        for (var at = 8; at < file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            var type = System.Text.Encoding.ASCII.GetString(file, at + 4, 4);
            var body = file.AsSpan(at + 8, length);
            Assert.Equal(Crc(file.AsSpan(at + 4, length + 4)), BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + length)));
            types.Add(type);
            if (type == "IHDR")
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body[4..]));
                Assert.Equal([8, 2, 0, 0, 0], body[8..].ToArray());
            }
            else if (type == "IDAT")
            {
                data.Write(body);
            }

            at += length + 12;
        }

        Assert.Equal("IHDR", types[0]);
        Assert.Equal("IEND", types[^1]);
        data.Position = 0;
        using var zlib = new ZLibStream(data, CompressionMode.Decompress);
        var pixels = new byte[width * height * 3];
        var stride = width * 3;
        for (var y = 0; y < height; y++)
        {
            var filter = zlib.ReadByte();
            Assert.True(filter <= 2, $"filter {filter} of row {y}");
            zlib.ReadExactly(pixels, y * stride, stride);
            for (var i = (y * stride) + 3; filter == 1 && i < (y + 1) * stride; i++)
                pixels[i] += pixels[i - 3];
            for (var i = y * stride; filter == 2 && y > 0 && i < (y + 1) * stride; i++)
                pixels[i] += pixels[i - stride];
        }

        Assert.Equal(-1, zlib.ReadByte());
        return new PngDecoder(width, height, pixels, types);
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? 0xEDB88320 ^ (crc >> 1) : crc >> 1;
        }

        return ~crc;
    }
}
