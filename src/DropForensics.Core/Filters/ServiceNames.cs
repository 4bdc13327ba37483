namespace DropForensics.Core.Filters;

/// <summary>The transports that have ports in pcap-filter.</summary>
[Flags]
internal enum Transports
{
    None = 0,
    Tcp = 1,
    Udp = 2,
    Sctp = 4,
    All = Tcp | Udp | Sctp,
}

/// <summary>
/// Names of ports, as the registry of IANA and Debian's list of services have them: a name that only one transport has means that one alone, as in pcap.
/// </summary>
internal static class ServiceNames
{
    private static readonly (string Name, int Port, Transports On)[] Known =
    [
        ("ftp-data", 20, Transports.Tcp), ("ftp", 21, Transports.Tcp), ("ssh", 22, Transports.Tcp), ("telnet", 23, Transports.Tcp), ("smtp", 25, Transports.Tcp),
        ("domain", 53, Transports.All), ("bootps", 67, Transports.Udp), ("bootpc", 68, Transports.Udp), ("tftp", 69, Transports.Udp), ("http", 80, Transports.Tcp),
        ("kerberos", 88, Transports.All), ("pop3", 110, Transports.Tcp), ("sunrpc", 111, Transports.All), ("ntp", 123, Transports.Udp), ("imap", 143, Transports.Tcp),
        ("snmp", 161, Transports.All), ("snmp-trap", 162, Transports.All), ("bgp", 179, Transports.Tcp), ("ldap", 389, Transports.All), ("https", 443, Transports.All),
        ("microsoft-ds", 445, Transports.Tcp), ("isakmp", 500, Transports.Udp), ("syslog", 514, Transports.Udp), ("submission", 587, Transports.Tcp),
        ("ldaps", 636, Transports.All), ("imaps", 993, Transports.Tcp), ("pop3s", 995, Transports.Tcp), ("openvpn", 1194, Transports.All), ("radius", 1812, Transports.All),
        ("nfs", 2049, Transports.All), ("mysql", 3306, Transports.Tcp), ("sip", 5060, Transports.All), ("mdns", 5353, Transports.Udp), ("postgresql", 5432, Transports.Tcp),
        ("redis", 6379, Transports.Tcp), ("http-alt", 8080, Transports.Tcp),
    ];

    private static readonly (string Name, int Number)[] Protocols =
    [
        ("icmp", 1), ("igmp", 2), ("tcp", 6), ("udp", 17), ("gre", 47), ("esp", 50), ("ah", 51), ("icmp6", 58), ("ipv6-icmp", 58), ("ospf", 89), ("pim", 103), ("vrrp", 112),
        ("sctp", 132), ("udplite", 136),
    ];

    /// <summary>The port of a name, and the transports that have it.</summary>
    public static bool TryPort(string name, out int port, out Transports on)
    {
        foreach ((string Name, int Port, Transports On) known in Known)
        {
            if (known.Name != name) continue;
            (port, on) = (known.Port, known.On);
            return true;
        }

        (port, on) = (0, Transports.None);
        return false;
    }

    /// <summary>The number of a protocol's name; null if it is not known.</summary>
    public static int? Protocol(string name)
    {
        foreach ((string Name, int Number) known in Protocols)
        {
            if (known.Name == name) return known.Number;
        }

        return null;
    }

    /// <summary>The nearest name of a port; null if none is near.</summary>
    public static string? Near(string name) => NearNames.Closest(name, Known.Select(known => known.Name));
}
