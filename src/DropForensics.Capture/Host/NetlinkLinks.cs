namespace DropForensics.Capture.Host;

/// <summary>Lists the interfaces of the calling thread's network namespace by an RTM_GETLINK dump.</summary>
internal static class NetlinkLinks
{
    private const ushort RtmNewLink = 16, RtmGetLink = 18;
    private const int IfInfoSize = 16;

    /// <exception cref="IOException">The kernel would not answer.</exception>
    public static List<NetlinkLink> Dump()
    {
        using var netlink = new RouteNetlink();
        Span<byte> request = stackalloc byte[RouteNetlink.HeaderSize + IfInfoSize];
        request.Clear();
        netlink.Send(RtmGetLink, RouteNetlink.Request | RouteNetlink.Dump, request);
        var links = new List<NetlinkLink>();
        while (true)
        {
            var datagram = netlink.Receive();
            bool isLast;
            while (RouteNetlink.NextMessage(ref datagram, out var type, out var body, out isLast))
            {
                if (type == RtmNewLink && NetlinkLink.TryParse(body) is { } link) links.Add(link);
            }

            if (isLast) return links;
        }
    }
}
