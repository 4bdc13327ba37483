namespace DropForensics.Core.Filters;

/// <summary>What can be wrong in an expression: each names the place and says what to write instead.</summary>
internal static class FilterMistake
{
    private const string Words = "Words: host, net, port, portrange, src, dst, ip, ip6, arp, tcp, udp, sctp, icmp, icmp6, proto, vlan, less, greater, reason, interface, and, or, not, ().";

    public static readonly string[] Known =
    [
        "host", "net", "port", "portrange", "src", "dst", "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "pim", "vrrp", "ah", "esp",
        "proto", "vlan", "less", "greater", "reason", "interface", "and", "or", "not", "mask",
    ];

    // Words of pcap-filter that are about link layers and means a drop does not show.
    private static readonly string[] OnlyPcap =
    [
        "ether", "link", "gateway", "broadcast", "multicast", "protochain", "mpls", "pppoed", "pppoes", "geneve", "len", "llc", "wlan", "type", "subtype", "dir", "addr1",
        "addr2", "addr3", "addr4", "ra", "ta", "inbound", "outbound", "decnet", "atalk", "aarp", "iso", "stp", "ipx", "netbeui", "fddi", "tr", "ppp", "slip", "rnr", "rset",
        "carp", "igrp", "lat", "moprc", "mopdl", "ifname", "on", "rnum", "action", "ifindex", "byte",
    ];

    public static UserError Empty() => Wrong("the filter is empty", "Give an expression, such as: 'tcp port 443 and host 10.0.0.7'.");

    public static UserError TooLong(int most) => Wrong($"the filter has more than {most} characters", "Give a shorter one, or filter in two steps.");

    public static UserError Ends(string before) => Wrong($"the filter ends after '{before}'", $"Something must follow. {Words}");

    public static UserError NoArithmetic(char c, int at) => Wrong(
        $"'{c}' at {at}: the filter cannot compare bytes of a packet", "tcp[13] and len > 100 of pcap-filter are not supported; for lengths use: less 100, greater 100.");

    public static UserError Unknown(FilterToken token)
    {
        if (OnlyPcap.Contains(token.Text))
            return Wrong($"'{token.Given}' at {token.At} is a word of pcap-filter that is not supported", Words);
        return Wrong($"unknown word '{token.Given}' at {token.At}", NearNames.Closest(token.Given, Known) is { } meant ? $"Did you mean {meant}?" : Words);
    }

    public static UserError Value(FilterToken token, string why, string remedy) => Wrong($"'{token.Given}' at {token.At}: {why}", remedy);

    public static UserError Needs(FilterToken token, string what) => token.IsEnd
        ? Wrong($"the filter ends where {what} must follow", Words) : Wrong($"'{token.Given}' at {token.At}: {what} must stand here", Words);

    private static UserError Wrong(string message, string remedy) => new(message, remedy, ExitCode.Usage);
}
