namespace DropForensics.Capture.Rules;

/// <summary>
/// What a rule has compared so far. Bytes at an offset have a meaning only once the protocol is known, so nft compares the protocol first and then loads the
/// port. Like nft, we leave out a comparison that only makes sure of the protocol.
/// </summary>
/// <param name="family">Of the rule's table.</param>
internal sealed class RuleContext(string family)
{
    private bool? _isIpv6 = family switch { "ip" => false, "ip6" => true, _ => null };
    private string? _protocol;
    private string? _linkWord, _familyWord, _protocolWord;

    /// <summary><c>tcp</c>, a protocol of IP by its number.</summary>
    public static string Protocol(int number) => number switch
    {
        1 => "icmp",
        2 => "igmp",
        6 => "tcp",
        17 => "udp",
        33 => "dccp",
        47 => "gre",
        50 => "esp",
        51 => "ah",
        58 => "ipv6-icmp",
        132 => "sctp",
        136 => "udplite",
        _ => $"{number}",
    };

    /// <summary><c>echo-request</c>, a type of ICMP for IPv4 by its number.</summary>
    public static string IcmpType(int number) => number switch { 0 => "echo-reply", 3 => "destination-unreachable", 5 => "redirect", 8 => "echo-request", 11 => "time-exceeded", _ => $"{number}" };

    /// <summary>A part of the packet.</summary>
    /// <param name="start">Of enum nft_payload_bases: link, network, transport.</param>
    /// <param name="offset">From there, in bytes.</param>
    /// <param name="length">In bytes.</param>
    public RuleOperand Payload(int start, int offset, int length) => (start, offset, length) switch
    {
        (0, 0, 6) => new("ether daddr", RuleValue.Ethernet),
        (0, 6, 6) => new("ether saddr", RuleValue.Ethernet),
        (0, 12, 2) => new("ether type", RuleValue.EtherType),
        (1, 12, <= 4) when _isIpv6 != true => Address("ip saddr", 32),
        (1, 16, <= 4) when _isIpv6 != true => Address("ip daddr", 32),
        (1, 9, 1) when _isIpv6 != true => new("ip protocol", RuleValue.Protocol),
        (1, 8, 1) when _isIpv6 != true => new("ip ttl", RuleValue.Number),
        (1, 2, 2) when _isIpv6 != true => new("ip length", RuleValue.Number),
        (1, 8, <= 16) => Address("ip6 saddr", 128),
        (1, 24, <= 16) => Address("ip6 daddr", 128),
        (1, 6, 1) => new("ip6 nexthdr", RuleValue.Protocol),
        (1, 7, 1) => new("ip6 hoplimit", RuleValue.Number),
        (2, 0, 2) when _protocol is not ("icmp" or "ipv6-icmp") => new($"{Transport} sport", RuleValue.Number),
        (2, 2, 2) when _protocol is not ("icmp" or "ipv6-icmp") => new($"{Transport} dport", RuleValue.Number),
        (2, 13, 1) when _protocol == "tcp" => new("tcp flags", RuleValue.TcpFlags),
        (2, 0, 1) when _protocol == "icmp" => new("icmp type", RuleValue.IcmpType),
        (2, 1, 1) when _protocol == "icmp" => new("icmp code", RuleValue.Number),
        (2, 0, 1) when _protocol == "ipv6-icmp" => new("icmpv6 type", RuleValue.Number),
        (2, 1, 1) when _protocol == "ipv6-icmp" => new("icmpv6 code", RuleValue.Number),
        _ => new($"@{start switch { 0 => "ll", 1 => "nh", 2 => "th", _ => "ih" }},{8 * offset},{8 * length}", RuleValue.Bytes),
    };

    /// <summary>Takes note of a comparison, and removes the one from the words that this one makes superfluous: <c>ip protocol tcp</c> before <c>tcp dport 22</c>.</summary>
    /// <param name="operand">What is compared.</param>
    /// <param name="value">What it is to be; empty for any other comparison than equality.</param>
    /// <param name="words">Of the rule, before this comparison.</param>
    public void Learn(RuleOperand operand, ReadOnlySpan<byte> value, List<string> words)
    {
        string header = operand.Name[..(operand.Name.IndexOf(' ') is var space and >= 0 ? space : operand.Name.Length)];
        if (header == "ether") Forget(words, ref _linkWord);
        if (header is "ip" or "ip6" or "icmp" or "icmpv6") Forget(words, ref _familyWord);
        if (header == _protocol || header is "icmp" or "icmpv6") Forget(words, ref _protocolWord);
        if (value.IsEmpty) return;
        switch (operand.Value)
        {
            case RuleValue.Family or RuleValue.EtherType:
                _familyWord = operand.Compared(0, value);
                _isIpv6 = operand.Format(value) switch { "ipv4" or "ip" => false, "ipv6" or "ip6" => true, _ => _isIpv6 };
                break;
            case RuleValue.LinkType:
                _linkWord = operand.Compared(0, value);
                break;
            case RuleValue.Protocol:
                (_protocol, _protocolWord) = (operand.Format(value), operand.Compared(0, value));
                break;
        }
    }

    private string Transport => _protocol ?? "th";

    private static RuleOperand Address(string name, int bits) => new(name, RuleValue.Address) { AddressBits = bits };

    private static void Forget(List<string> words, ref string? word)
    {
        if (word is { } known) words.Remove(known);
        word = null;
    }
}
