using DropForensics.Capture.Probes;
using DropForensics.Core.Filters;
using Xunit;

namespace DropForensics.Tests.Capture.Probes;

/// <summary>What of an expression goes into the kernel's filter.</summary>
public sealed class KernelWordsTests
{
    private const string Tags = "protocol == 33024 || protocol == 34984 || protocol == 37120 || protocol == 37376";

    [Theory]
    [InlineData("ip6", "protocol == 34525", true)]
    [InlineData("not ip6", "protocol != 34525 && protocol != 0", true)]
    [InlineData("ip6 and reason NO_SOCKET", "protocol == 34525 && reason == 3", true)]
    [InlineData("not (ip6 or arp) and reason TCP_CSUM", "((protocol != 34525 && protocol != 0) && (protocol != 2054 && protocol != 0)) && reason == 4", true)]
    [InlineData("ip or ip6 and not reason NO_SOCKET", "(protocol == 2048 || protocol == 34525) && reason != 3", true)]
    [InlineData("interface eth0", "dev == \"eth0\"", false)]
    [InlineData("not interface eth0", "", false)]
    public void Without_packets_it_decides_types_and_reasons_alone(string expression, string condition, bool isExact) => Assert.Equal((condition, isExact), Of(expression, showsPackets: false));

    [Theory]
    [InlineData("ip6", $"protocol == 34525 || {Tags}")]
    [InlineData("not ip6", "")]
    [InlineData("reason NO_SOCKET and port 53", $"reason == 3 && (protocol == 2048 || protocol == 34525 || {Tags})")]
    [InlineData("tcp dst port 9 and src host 192.0.2.1", $"protocol == 2048 || {Tags}")]
    [InlineData("tcp and host ::1 or vlan and ip", "")]
    [InlineData("host 2001:db8::1", $"protocol == 34525 || {Tags}")]
    [InlineData("not host 2001:db8::1", "")]
    [InlineData("reason NO_SOCKET or port 53 and less 100", "")]
    [InlineData("interface lo and not reason NO_SOCKET and vlan", "dev == \"lo\" && reason != 3")]
    public void With_packets_it_lets_through_all_that_may_match(string expression, string condition) => Assert.Equal((condition, false), Of(expression, showsPackets: true));

    [Fact]
    public void A_probe_on_a_function_has_the_type_as_it_lies_in_memory() => Assert.Equal("protocol_be == 56710", KernelWords.Of(
        DropFilter.Parse("ip6"), _ => "", ("protocol_be", true), hasDevice: true, showsPackets: false).Condition); // 0x86dd swapped

    private static (string, bool) Of(string expression, bool showsPackets)
    {
        KernelWords words = KernelWords.Of(DropFilter.Parse(expression), name => $"reason == {(name == "NO_SOCKET" ? 3 : 4)}", ("protocol", false), hasDevice: true, showsPackets);
        return (words.Condition, words.IsExact);
    }
}
