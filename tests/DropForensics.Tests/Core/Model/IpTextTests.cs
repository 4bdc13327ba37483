using DropForensics.Core.Model;
using Xunit;

namespace DropForensics.Tests.Core.Model;

public sealed class IpTextTests
{
    [Theory]
    [InlineData(0, 0xc0000201, 0x800, "192.0.2.1")]
    [InlineData(0, 0xffffffff, 0x806, "255.255.255.255")]
    [InlineData(0x20010db800000000, 1, 0x86dd, "2001:db8::1")]
    [InlineData(0x20010db800000001, 0x0000000100000000, 0x86dd, "2001:db8:0:1:0:1::")]
    [InlineData(0x0001000000000002, 0x0003000000000004, 0x86dd, "1::2:3:0:0:4")]
    [InlineData(0xff02000000000000, 0x00000001ff00abcd, 0x86dd, "ff02::1:ff00:abcd")]
    [InlineData(0, 0, 0x86dd, "::")]
    public void An_address_is_written_in_its_canonical_form(ulong upper, ulong lower, int etherType, string text) =>
        Assert.Equal(text, IpText.Of(new UInt128(upper, lower), etherType));
}
