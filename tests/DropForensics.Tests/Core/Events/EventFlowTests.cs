using System.Text;
using DropForensics.Core.Events;
using DropForensics.Core.Model;
using Xunit;

namespace DropForensics.Tests.Core.Events;

public sealed class EventFlowTests
{
    [Theory]
    [InlineData("tcp_retransmit_skb", "skbaddr=0 skaddr=0 family=AF_INET sport=5000 dport=40001 saddr=10.0.0.1 daddr=10.0.0.2 saddrv6=::ffff:10.0.0.1 daddrv6=::ffff:10.0.0.2 state=TCP_ESTABLISHED", "6 10.0.0.1:5000 10.0.0.2:40001")]
    [InlineData("tcp:tcp_retransmit_skb", "sport=5000 dport=40001 saddr=10.0.0.1 daddr=10.0.0.2 saddrv6=::ffff:10.0.0.1 daddrv6=::ffff:10.0.0.2", "6 10.0.0.1:5000 10.0.0.2:40001")]
    [InlineData("tcp_retransmit_skb", "family=AF_INET6 sport=80 dport=1 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=2001:db8::1 daddrv6=2001:db8::2 state=TCP_SYN_SENT", "6 2001:db8::1:80 2001:db8::2:1")]
    // An IPv6 socket of Linux 6.1 to 7.3.
    [InlineData("tcp_retransmit_skb", "family=AF_INET6 sport=45001 dport=5001 saddr=127.0.0.6 daddr=0.0.0.0 saddrv6=fd00:20::1 daddrv6=fd00:20::2 state=TCP_ESTABLISHED", "6 fd00:20::1:45001 fd00:20::2:5001")]
    [InlineData("tcp_retransmit_skb", "skbaddr=0000000049537c90 skaddr=00000000b03a2e51 family=AF_INET6 sport=45001 dport=5001 saddr=127.0.0.6 daddr=0.0.0.0 saddrv6=fd00:20::1 daddrv6=fd00:20::2 state=TCP_ESTABLISHED err=0", "6 fd00:20::1:45001 fd00:20::2:5001")]
    [InlineData("tcp_receive_reset", "family=AF_INET6 sport=5001 dport=45001 saddr=127.0.0.6 daddr=127.0.0.6 saddrv6=fd00:20::2 daddrv6=fd00:20::1 sock_cookie=2", "6 fd00:20::1:45001 fd00:20::2:5001")]
    [InlineData("tcp_send_reset", "family=AF_INET6 sport=45001 dport=5001 saddr=127.0.0.6 daddr=0.0.0.0 saddrv6=fd00:20::1 daddrv6=fd00:20::2 state=TCP_CLOSE", "6 fd00:20::1:45001 fd00:20::2:5001")]
    [InlineData("inet_sk_error_report", "family=AF_INET6 protocol=IPPROTO_TCP sport=5001 dport=45001 saddr=127.0.0.6 daddr=127.0.0.6 saddrv6=fd00:20::2 daddrv6=fd00:20::1 error=104", "6 fd00:20::2:5001 fd00:20::1:45001")]
    [InlineData("tcp_retransmit_synack", "family=AF_INET sport=5002 dport=45002 saddr=10.20.0.2 daddr=10.20.0.1 saddrv6=::ffff:10.20.0.2 daddrv6=::ffff:10.20.0.1", "6 10.20.0.2:5002 10.20.0.1:45002")]
    [InlineData("inet_sk_error_report", "family=AF_INET protocol=IPPROTO_TCP sport=5000 dport=45000 saddr=10.20.0.2 daddr=10.20.0.1 saddrv6=::ffff:10.20.0.2 daddrv6=::ffff:10.20.0.1 error=104", "6 10.20.0.2:5000 10.20.0.1:45000")]
    [InlineData("tcp_send_reset", "skbaddr=0000000000000000 skaddr=0000000051646424 src=[fd00:20::1]:45001 dest=[fd00:20::2]:5001 state=TCP_CLOSE reason=TCP_STATE", "6 fd00:20::1:45001 fd00:20::2:5001")]
    [InlineData("tcp_send_reset", "skbaddr=0 skaddr=0 src=10.77.0.2:5001 dest=10.77.0.1:59450 state=UNKNOWN reason=NO_SOCKET", "6 10.77.0.2:5001 10.77.0.1:59450")]
    [InlineData("tcp_send_reset", "src=[::1]:5001 dest=[::1]:59450 state=UNKNOWN", "6 ::1:5001 ::1:59450")]
    [InlineData("tcp_receive_reset", "family=AF_INET sport=59450 dport=5001 saddr=10.0.0.1 daddr=10.0.0.2 saddrv6=::ffff:10.0.0.1 daddrv6=::ffff:10.0.0.2", "6 10.0.0.2:5001 10.0.0.1:59450")]
    [InlineData("inet_sk_error_report", "family=AF_INET protocol=IPPROTO_UDP sport=9 dport=10 saddr=10.0.0.1 daddr=10.0.0.2 error=111", "17 10.0.0.1:9 10.0.0.2:10")]
    public void The_ends_of_a_connection_are_read_in_every_form_that_kernels_print(string name, string fields, string expected)
    {
        PacketFlow flow = EventFlow.Of(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(fields)) ?? throw new Xunit.Sdk.XunitException("no flow");
        Assert.Equal(expected, $"{flow.IpProtocol} {IpText.Of(flow.Source, flow.EtherType)}:{flow.SourcePort} {IpText.Of(flow.Destination, flow.EtherType)}:{flow.DestinationPort}");
    }

    [Theory]
    [InlineData("sched_switch", "prev_comm=a saddr=10.0.0.1 daddr=10.0.0.2 sport=1 dport=2")] // no protocol
    [InlineData("inet_sk_error_report", "protocol=IPPROTO_TCP sport=59450 dport=0 saddr=0.0.0.0 daddr=10.0.0.2 saddrv6=::ffff:0.0.0.0 daddrv6=::ffff:10.0.0.2")] // of a socket that is closed
    [InlineData("tcp_probe", "src=10.0.0.1:80 dest=nonsense")]
    [InlineData("tcp_probe", "src=10.0.0.1:80 dest=[::1]:80")] // of two families
    [InlineData("tcp_retransmit_skb", "sport=99999 dport=1 saddr=10.0.0.1 daddr=10.0.0.2")]
    [InlineData("tcp_retransmit_skb", "xsport=1 sport dport=1 saddr= daddr=10.0.0.2")]
    [InlineData("tcp_retransmit_skb", "")]
    public void Half_a_flow_is_none(string name, string fields) => Assert.Null(EventFlow.Of(Encoding.ASCII.GetBytes(name), Encoding.ASCII.GetBytes(fields)));
}
