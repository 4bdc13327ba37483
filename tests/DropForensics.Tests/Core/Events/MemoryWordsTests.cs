using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using DropForensics.Core.Events;
using Xunit;

namespace DropForensics.Tests.Core.Events;

public sealed class MemoryWordsTests
{
    [Fact]
    public void Words_of_every_length_read_as_the_kernel_wrote_them_and_are_written_the_same()
    {
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++)
        {
            ulong[] words = new ulong[random.Next(1, 65)];
            // Of 0 to 16 digits, those of 15 and 16 the most, as in a packet.
            foreach (ref ulong word in words.AsSpan()) word = (ulong)random.NextInt64() << random.Next(2) >> (random.Next(3) == 0 ? random.Next(64) : 0);
            string text = string.Join(',', words.Select(word => "0x" + word.ToString("x", CultureInfo.InvariantCulture)));

            byte[] buffer = new byte[MemoryWords.MaxBytes], written = new byte[MemoryWords.MaxTextBytes];
            Assert.True(MemoryWords.TryRead(Encoding.ASCII.GetBytes(text), buffer, out int bytes), text);
            Assert.Equal(words, Enumerable.Range(0, bytes / 8).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(8 * i))));
            Assert.Equal(text, Encoding.ASCII.GetString(written, 0, MemoryWords.Write(buffer.AsSpan(0, bytes), written)));
        }
    }

    [Fact]
    public void Any_byte_within_or_behind_a_word_is_a_digit_or_an_end()
    {
        for (int digits = 0; digits <= 17; digits++)
        {
            for (int b = 0; b < 256; b++)
            {
                string text = $"0x1,0x{new string('7', digits)}{(char)b}";
                // A row of digits that goes on or not: the vector and the loop must agree.
                foreach (string tail in new[] { "", "0x9", ",0x123456789abcdef0,0x9", "0123456789abcdef" })
                {
                    bool isDigit = b is (>= '0' and <= '9') or (>= 'a' and <= 'f');
                    int length = digits + 1 + (tail.Length == 16 ? 16 : 0);
                    bool expected = isDigit ? tail != "0x9" && length <= 16 : b == ',' && tail == "0x9" && digits is > 0 and <= 16;
                    Assert.True(MemoryWords.TryRead(Encoding.Latin1.GetBytes(text + tail), new byte[MemoryWords.MaxBytes], out _) == expected, text + tail);
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("0x1,")]
    [InlineData(",0x1")]
    [InlineData("1")]
    [InlineData("0x1 ,0x2")]
    [InlineData("0xAB")]
    public void What_the_kernel_does_not_write_is_no_memory(string text) =>
        Assert.False(MemoryWords.TryRead(Encoding.ASCII.GetBytes(text), new byte[MemoryWords.MaxBytes], out _));

    [Fact]
    public void More_words_than_there_is_room_for_are_refused() =>
        Assert.False(MemoryWords.TryRead("0x1,0x2,0x3"u8, new byte[16], out _));
}
