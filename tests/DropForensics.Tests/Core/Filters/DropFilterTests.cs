using DropForensics.Core;
using DropForensics.Core.Filters;
using DropForensics.Core.Packets;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Filters;

public sealed class DropFilterTests
{
    [Theory]
    [InlineData("", "the filter is empty", "Give an expression")]
    [InlineData("prot 5", "unknown word 'prot' at 1", "Did you mean proto?")]
    [InlineData("tcp and hosts 10.0.0.7", "unknown word 'hosts' at 9", "Did you mean host?")]
    [InlineData("tcp prot 443", "unknown word 'prot' at 5", "Did you mean proto?")]
    [InlineData("ether host 02:00:00:00:00:01", "'ether' at 1 is a word of pcap-filter that is not supported", "Words: host")]
    [InlineData("tcp[13] & 2 != 0", "'[' at 4: the filter cannot compare bytes of a packet", "less 100")]
    [InlineData("host web1", "'web1' at 6: no address", "names are not looked up")]
    [InlineData("host 10.0.0", "'10.0.0' at 6: an address has four numbers", "net 10.0.0")]
    [InlineData("host 10.0.0.0/8", "'10.0.0.0/8' at 6: a host has no mask", "net 10.0.0.0/8")]
    [InlineData("net 10.0.0.1/8", "'10.0.0.1/8' at 5: bits are set behind the first 8", "net 10.0.0.0/8")]
    [InlineData("net 10.0.0.0/33", "'10.0.0.0/33' at 5: after the slash comes a number up to 32", "10.0.0.0/8")]
    [InlineData("net 10.0.0.0 mask 255.0.255.0", "'255.0.255.0' at 19: a mask of ones with zeros between", "255.255.0.0")]
    [InlineData("port htps", "'htps' at 6: no port", "Did you mean https?")]
    [InlineData("port 65536", "'65536' at 6: a port is at most 65535", "smaller")]
    [InlineData("port 8000-8080", "'8000-8080' at 6: no port", "portrange 8000-8080")]
    [InlineData("port 080", "'080' at 6: no port", "Give its number")]
    [InlineData("udp port ssh", "'ssh' at 10: a port of tcp", "tcp port ssh")]
    [InlineData("icmp port 80", "'icmp' at 1: 'icmp' does not go with port", "tcp, udp, sctp")]
    [InlineData("tcp host 10.0.0.7", "'tcp' at 1: 'tcp' does not go with host", "tcp and host")]
    [InlineData("ip host ::1", "'::1' at 9: 'ip' before an address of IPv6", "other kind")]
    [InlineData("src proto 6", "'src' at 1: src and dst do not go with proto", "proto goes with ip")]
    [InlineData("10.0.0.7", "'10.0.0.7' at 1: a word such as host or port must stand here", "Words: host")]
    [InlineData("tcp or 80", "'80' at 8: a word such as host or port must stand here", "Words: host")]
    [InlineData("tcp and", "the filter ends after 'and'", "Something must follow")]
    [InlineData("host", "the filter ends where an address must follow", "Words: host")]
    [InlineData("port or 80", "'or' at 6: a port must stand here", "Words: host")]
    [InlineData("(tcp", "the filter ends where a closing parenthesis must follow", "Words: host")]
    [InlineData("tcp)", "')' at 4: no parenthesis is open here", "Remove it")]
    [InlineData("tcp udp", "'udp' at 5: and or or must stand here", "Words: host")]
    [InlineData("vlan 4096", "'4096' at 6: more than 4095", "the id of a VLAN")]
    [InlineData("less", "the filter ends where a number of bytes must follow", "Words: host")]
    [InlineData("proto 256", "'256' at 7: no protocol above IP", "at most 255")]
    public void What_is_no_expression_is_refused_with_the_place_and_the_remedy(string text, string message, string remedy)
    {
        UserError error = Assert.Throws<UserError>(() => DropFilter.Parse(text));
        Assert.Equal(ExitCode.Usage, error.ExitCode);
        Assert.Contains(message, error.Message);
        Assert.Contains(remedy, error.Remedy);
    }

    [Theory]
    [InlineData("port http", "tcp port 80")]
    [InlineData("port https", "port 443")]
    [InlineData("tcp port https", "tcp port 443")]
    [InlineData("udp port domain or ntp", "udp port 53 or udp port 123")]
    [InlineData("portrange http-https", "portrange 80-443")]
    [InlineData("proto tcp", "proto 6")]
    [InlineData("TCP PORT 443", "tcp port 443")]
    [InlineData("host ::FFFF:192.0.2.1 or 192.0.2.1", "host ::ffff:c000:201 or host 192.0.2.1")]
    public void Names_stand_for_numbers(string text, string same)
    {
        DropFilter first = DropFilter.Parse(text), second = DropFilter.Parse(same);
        Assert.All(PacketSamples.All, sample => Assert.Equal(AnswerOf(first, sample.Skb), AnswerOf(second, sample.Skb)));
    }

    [Fact]
    public void An_expression_has_a_longest_length()
    {
        Assert.NotNull(DropFilter.Parse(string.Join(" or ", Enumerable.Repeat("tcp", 292))));
        Assert.Contains("more than 2048 characters", Assert.Throws<UserError>(() => DropFilter.Parse(string.Join(" or ", Enumerable.Repeat("tcp", 300)))).Message);
    }

    [Theory]
    [InlineData("ip", 0x800, Answer.Yes)]
    [InlineData("ip6", 0x800, Answer.No)]
    [InlineData("not ip6", 0x800, Answer.Yes)]
    [InlineData("ip", null, Answer.Unknown)]
    [InlineData("port 53", 0x800, Answer.Unknown)]
    [InlineData("not port 53", 0x800, Answer.Unknown)]
    [InlineData("host 2001:db8::1", 0x800, Answer.No)]
    [InlineData("not host 2001:db8::1", 0x800, Answer.Yes)]
    [InlineData("port 53 or reason NO_SOCKET", 0x800, Answer.Yes)]
    [InlineData("port 53 and reason TCP_CSUM", 0x800, Answer.No)]
    [InlineData("port 53 and interface eth0", 0x800, Answer.Unknown)]
    [InlineData("interface lo", 0x800, Answer.No)]
    [InlineData("reason skb_drop_reason_no_socket and interface (eth0 or lo)", 0x800, Answer.Yes)]
    [InlineData("vlan", 0x800, Answer.Unknown)]
    [InlineData("less 100", 0x800, Answer.Unknown)]
    public void A_drop_without_a_packet_has_its_type_reason_and_interface_alone(string text, int? type, Answer expected) =>
        Assert.Equal(expected, DropFilter.Parse(text).Test(new FilterSubject { EtherType = type, Reason = "NO_SOCKET", Interface = "eth0" }));

    [Fact]
    public void A_test_allocates_nothing()
    {
        DropFilter filter = DropFilter.Parse("not (tcp port 443 and host 10.0.0.7) and (net 192.0.2.0/24 or host 2001:db8::1) and not vlan and reason NO_SOCKET or portrange 1-2");
        PlacedPacket[] packets = [.. PacketSamples.All.Select(sample => sample.Skb)];
        byte[][] windows = [.. packets.Select(skb => skb.Bytes())];
        SkbGeometry[] geometries = [.. packets.Select(skb => skb.Geometry)];
        int yes = Test(), again = 0;
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) again += Test();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(100 * yes, again);
        Assert.InRange(yes, 1, packets.Length - 1);

        int Test()
        {
            int matches = 0;
            for (int i = 0; i < windows.Length; i++)
            {
                var window = new SkbWindow(geometries[i], PlacedPacket.Before, windows[i]);
                if (filter.Test(FilterSubject.Of(window, hasPayload: false) with { Reason = "NO_SOCKET" }) == Answer.Yes) matches++;
            }

            return matches;
        }
    }

    private static Answer AnswerOf(DropFilter filter, PlacedPacket skb)
    {
        var window = new SkbWindow(skb.Geometry, PlacedPacket.Before, skb.Bytes());
        return filter.Test(FilterSubject.Of(window, hasPayload: false));
    }
}
