using DropForensics.Core.Model;
using DropForensics.Core.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// The flow that an event of TCP or UDP prints among its fields, in either form of the kernel: <c>family=AF_INET sport=80 dport=4711
/// saddr=192.0.2.1 daddr=192.0.2.2 saddrv6=…</c>, or <c>src=192.0.2.1:80 dest=[2001:db8::1]:4711</c>.
/// </summary>
internal static class EventFlow
{
    private const int Ipv4 = 0x800, Ipv6 = 0x86dd, Tcp = 6, Udp = 17;

    /// <summary>Null if the event names no protocol, or not both ends of a connection.</summary>
    /// <param name="name">Of the event, as the text has it: <c>tcp_retransmit_skb</c>, of perf <c>tcp:tcp_retransmit_skb</c>.</param>
    /// <param name="arguments">The line's text after the event's name and colon.</param>
    public static PacketFlow? Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> arguments)
    {
        name = name[(name.IndexOf((byte)':') + 1)..];
        if (ProtocolOf(name, Field(arguments, "protocol="u8)) is not { } protocol)
            return null;
        Endpoint? from = End(Field(arguments, "src="u8)), to = End(Field(arguments, "dest="u8));
        from ??= End(Field(arguments, "saddr="u8), Field(arguments, "saddrv6="u8), Field(arguments, "sport="u8));
        to ??= End(Field(arguments, "daddr="u8), Field(arguments, "daddrv6="u8), Field(arguments, "dport="u8));
        if (from is not { } sender || to is not { } receiver || sender.IsIpv6 != receiver.IsIpv6)
            return null;

        // The fields are those of the socket, and the packet came in.
        if (name.SequenceEqual("tcp_receive_reset"u8))
            (sender, receiver) = (receiver, sender);
        return new PacketFlow
        {
            EtherType = sender.IsIpv6 ? Ipv6 : Ipv4,
            IpProtocol = protocol,
            Source = sender.Address,
            Destination = receiver.Address,
            SourcePort = sender.Port,
            DestinationPort = receiver.Port,
        };
    }

    private static int? ProtocolOf(ReadOnlySpan<byte> name, ReadOnlySpan<byte> protocol) =>
        protocol.SequenceEqual("IPPROTO_TCP"u8) || (protocol.IsEmpty && name.StartsWith("tcp_"u8)) ? Tcp
        : protocol.SequenceEqual("IPPROTO_UDP"u8) || (protocol.IsEmpty && name.StartsWith("udp_"u8)) ? Udp
        : null;

    // 192.0.2.1:80, [2001:db8::1]:80
    private static Endpoint? End(ReadOnlySpan<byte> text)
    {
        int colon = text.LastIndexOf((byte)':');
        return colon > 0 && text.IndexOf((byte)':') is var first && (first == colon || text[0] == '[') ? End(text[..colon].Trim("[]"u8), default, text[(colon + 1)..]) : null;
    }

    // The same address twice: of an IPv4 socket the second is ::ffff:192.0.2.1; of an IPv6 one the first is 127.0.0.6 or zero, which mean nothing.
    private static Endpoint? End(ReadOnlySpan<byte> address, ReadOnlySpan<byte> ipv6, ReadOnlySpan<byte> port)
    {
        if (!ipv6.IsEmpty)
            address = ipv6;
        return AsciiNumber.TryDecimal(port, ushort.MaxValue, out int number) && number > 0 && AsciiAddress.TryParse(address, out UInt128 parsed, out bool isIpv6) && parsed != 0
            ? new Endpoint(parsed, isIpv6, number) : null;
    }

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> arguments, ReadOnlySpan<byte> name)
    {
        for (int from = 0; arguments[from..].IndexOf(name) is >= 0 and int found; from += found + name.Length)
        {
            int at = from + found;
            if (at > 0 && arguments[at - 1] != ' ')
                continue;
            ReadOnlySpan<byte> value = arguments[(at + name.Length)..];
            int end = value.IndexOf((byte)' ');
            return (end < 0 ? value : value[..end]).TrimEnd((byte)',');
        }

        return default;
    }

    private readonly record struct Endpoint(UInt128 Address, bool IsIpv6, int Port);
}
