using System.Text;
using DropForensics.Core.Text;
using Xunit;

namespace DropForensics.Tests.Core.Text;

public sealed class BytePoolTests
{
    [Fact]
    public void A_key_is_made_once_up_to_the_cap_and_each_time_after_it()
    {
        int made = 0;
        var pool = new BytePool<string>(1000, long.MaxValue, bytes =>
        {
            made++;
            return Encoding.UTF8.GetString(bytes);
        });
        for (int pass = 0; pass < 3; pass++)
        {
            for (int i = 0; i < 1500; i++)
                Assert.Equal($"symbol_{i}", pool.Get(Encoding.UTF8.GetBytes($"symbol_{i}")));
        }
        Assert.Equal(1000, pool.Count);
        Assert.Equal(1000 + 3 * 500, made);
        Assert.Same(pool.Get("symbol_7"u8), pool.Get("symbol_7"u8));
    }

    [Fact]
    public void The_bytes_held_are_capped_too()
    {
        var pool = new BytePool<string>(1000, 10, TraceText.Of);
        Assert.Equal("123456", pool.Get("123456"u8));
        Assert.Equal("abcdef", pool.Get("abcdef"u8));
        Assert.Equal(1, pool.Count);
    }

    [Theory]
    [InlineData(new byte[] { 0x63, 0x61, 0x66, 0xc3, 0xa9 }, "café")]
    [InlineData(new byte[] { 0xff, 0x6f, 0x6b }, @"\xffok")]
    [InlineData(new byte[] { 0xe2, 0x82 }, @"\xe2\x82")]
    [InlineData(new byte[] { 0xe2, 0x82, 0x61 }, @"\xe2\x82a")]
    [InlineData(new byte[0], "")]
    public void Bytes_that_are_not_UTF_8_read_as_their_number(byte[] bytes, string text) => Assert.Equal(text, TraceText.Of(bytes));

    [Fact]
    public void The_hash_of_each_prefix_differs_and_comes_again()
    {
        byte[] bytes = new byte[200];
        ulong[] hashes = Enumerable.Range(0, bytes.Length + 1).Select(length => ByteHash.Of(bytes.AsSpan(0, length))).ToArray();
        Assert.Equal(hashes.Length, hashes.Distinct().Count());
        Assert.Equal(hashes[77], ByteHash.Of(new byte[77]));
    }
}
