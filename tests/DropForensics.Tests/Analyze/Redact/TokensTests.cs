using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using DropForensics.Analyze.Redact;
using Xunit;

namespace DropForensics.Tests.Analyze.Redact;

public sealed class TokensTests
{
    private readonly Tokens _tokens = new(RandomNumberGenerator.GetBytes(32));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("127.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("224.0.0.251")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("ff02::fb")]
    [InlineData("::ffff:127.0.0.1")]
    public void An_address_of_nobody_stays(string address) => Assert.Equal(address, Token(address));

    [Theory]
    [InlineData("10.1.2.3", "^10\\.")]
    [InlineData("192.168.1.2", "^192\\.168\\.")]
    [InlineData("172.20.1.2", "^172\\.(1[6-9]|2\\d|3[01])\\.")]
    [InlineData("169.254.7.7", "^169\\.254\\.")]
    [InlineData("239.1.2.3", "^2(2[4-9]|3\\d)\\.")]
    [InlineData("203.0.113.77", "^(?!10\\.|127\\.|192\\.168\\.|169\\.254\\.|2(2[4-9]|[345]\\d)\\.)")]
    [InlineData("fe80::4a77:77ff:fe77:7701", "^fe80::")]
    [InlineData("fd00:1::7", "^fd")]
    [InlineData("2001:db8::1", "^[23]")]
    [InlineData("ff02::1:ff77:7701", "^ff02::1:ff")]
    [InlineData("ff05::1234:5678", "^ff05:")]
    [InlineData("::ffff:10.1.2.3", "^::ffff:10\\.")]
    public void An_address_becomes_another_of_its_kind(string address, string kind)
    {
        string token = Token(address);
        Assert.NotEqual(address, token);
        Assert.Matches(kind, token);
        Assert.Equal(token, Token(address));
        Assert.NotEqual(token, new TokensTests().Token(address));
    }

    [Fact]
    public void Two_addresses_have_two_tokens()
    {
        var random = new Random(1);
        uint[] addresses = [.. Enumerable.Range(0, 3000).Select(i => 0xc0a80000u + (uint)(i * 21)), .. Enumerable.Range(0, 3000).Select(_ => (uint)random.Next())];
        Assert.Equal(addresses.Distinct().Count(), addresses.Select(_tokens.Ipv4).Distinct().Count());
        ulong[] macs = [.. Enumerable.Range(0, 3000).Select(i => 0x024a_7777_0000UL + (ulong)i)];
        Assert.Equal(macs.Length, macs.Select(_tokens.Mac).Distinct().Count());
    }

    [Theory]
    [InlineData(0x000000000000UL, true)]
    [InlineData(0xffffffffffffUL, true)]
    [InlineData(0x0180c200000eUL, true)]
    [InlineData(0x333300000001UL, true)]
    [InlineData(0x01005e0000fbUL, true)]
    [InlineData(0x3333ff777701UL, false)]
    [InlineData(0x01005e777701UL, false)]
    [InlineData(0x024a77777701UL, false)]
    [InlineData(0x001b21777701UL, false)]
    public void An_Ethernet_address_keeps_the_bits_that_say_its_kind(ulong address, bool stays)
    {
        ulong token = _tokens.Mac(address);
        Assert.Equal(stays, token == address);
        Assert.Equal(address >> 40 & 3, token >> 40 & 3);
        Assert.True(token >> 48 == 0);
        if (address >> 40 is 0x33 or 0x01) Assert.Equal(address >> 32, token >> 32);
    }

    [Theory]
    [InlineData("<idle>", true)]
    [InlineData("<...>", true)]
    [InlineData("swapper/11", true)]
    [InlineData("swapper/x", false)]
    [InlineData("sshd", false)]
    public void A_name_that_the_kernel_prints_for_none_stays(string comm, bool stays)
    {
        string token = _tokens.Comm(Encoding.UTF8.GetBytes(comm));
        Assert.Equal(stays, token == comm);
        Assert.InRange(token.Length, 1, 15);
    }

    private string Token(string address)
    {
        byte[] bytes = IPAddress.Parse(address).GetAddressBytes();
        if (bytes.Length == 4) BinaryPrimitives.WriteUInt32BigEndian(bytes, _tokens.Ipv4(BinaryPrimitives.ReadUInt32BigEndian(bytes)));
        else BinaryPrimitives.WriteUInt128BigEndian(bytes, _tokens.Ipv6(BinaryPrimitives.ReadUInt128BigEndian(bytes)));
        return new IPAddress(bytes).ToString();
    }
}
