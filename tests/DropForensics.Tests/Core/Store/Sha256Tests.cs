using System.Security.Cryptography;
using DropForensics.Core.Store;
using Xunit;

namespace DropForensics.Tests.Core.Store;

public sealed class Sha256Tests
{
    [Theory] // FIPS 180-4 examples and NIST's short messages
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void It_gives_the_standard_digests(string message, string expected)
    {
        var digest = new byte[Sha256.Size];
        Sha256.Hash(System.Text.Encoding.ASCII.GetBytes(message), digest);
        Assert.Equal(expected, Convert.ToHexStringLower(digest));
    }

    [Fact]
    public void It_agrees_with_the_framework_at_every_length_around_the_padding()
    {
        var data = new byte[300];
        new Random(7).NextBytes(data);
        var digest = new byte[Sha256.Size];
        for (int length = 0; length <= data.Length; length++)
        {
            Sha256.Hash(data.AsSpan(0, length), digest);
            Assert.Equal(SHA256.HashData(data.AsSpan(0, length)), digest);
        }
    }

    [Fact]
    public void It_hashes_a_million_letters()
    {
        var data = new byte[1_000_000];
        data.AsSpan().Fill((byte)'a');
        var digest = new byte[Sha256.Size];
        Sha256.Hash(data, digest);
        Assert.Equal("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0", Convert.ToHexStringLower(digest));
    }
}
