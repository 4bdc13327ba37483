using System.Net;
using System.Text;
using DropForensics.Core.Model;
using DropForensics.Core.Text;
using Xunit;

namespace DropForensics.Tests.Core.Text;

public sealed class AsciiAddressTests
{
    [Theory]
    [InlineData("192.0.2.1")]
    [InlineData("255.255.255.255")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2001:db8:1:2:3:4:5:6")]
    [InlineData("fe80::")]
    [InlineData("1:2:3:4:5:6:7::")]
    [InlineData("64:ff9b::192.0.2.1")]
    public void What_the_kernel_prints_is_read_as_by_the_library(string text)
    {
        Assert.True(AsciiAddress.TryParse(Encoding.ASCII.GetBytes(text), out UInt128 address, out bool isIpv6));
        Assert.Equal(IPAddress.Parse(text).ToString(), IpText.Of(address, isIpv6 ? 0x86dd : 0x800));
    }

    [Fact]
    public void A_mapped_address_is_one_of_ipv4()
    {
        Assert.True(AsciiAddress.TryParse("::ffff:192.0.2.1"u8, out UInt128 address, out bool isIpv6));
        Assert.Equal((false, "192.0.2.1"), (isIpv6, IpText.Of(address, 0x800)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3.4.5")]
    [InlineData("1.2.3.256")]
    [InlineData("1.2.3.0004")]
    [InlineData("1..2.3")]
    [InlineData(":")]
    [InlineData(":::")]
    [InlineData("1::2::3")]
    [InlineData("1:2:3:4:5:6:7")]
    [InlineData("1:2:3:4:5:6:7:8:9")]
    [InlineData("1:2:3:4::5:6:7:8")]
    [InlineData("12345::")]
    [InlineData("::1.2.3.4:5")]
    [InlineData("::1%eth0")]
    [InlineData("g::1")]
    public void Anything_else_is_none(string text) => Assert.False(AsciiAddress.TryParse(Encoding.ASCII.GetBytes(text), out _, out _));

    // Every length of zeros, and both forms.
    [Fact]
    public void Random_addresses_are_read_back()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            UInt128 address = new(Some(random), Some(random));
            bool isIpv6 = address >> 32 != 0xffff && address >> 32 != 0; // those print as IPv4 here
            int etherType = isIpv6 ? 0x86dd : 0x800;
            string text = IpText.Of(address, etherType);
            Assert.True(AsciiAddress.TryParse(Encoding.ASCII.GetBytes(text), out UInt128 read, out bool readAsIpv6), text);
            Assert.Equal((text, isIpv6), (IpText.Of(read, etherType), readAsIpv6));
        }
    }

    private static ulong Some(Random random) => (ulong)random.NextInt64() & random.Next(4) switch { 0 => 0UL, 1 => 0xffff_0000_0000_ffffUL, 2 => uint.MaxValue, _ => ulong.MaxValue };
}
