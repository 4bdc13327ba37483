using System.Runtime.InteropServices;

namespace DropForensics.Capture.Network;

/// <summary>Lists the interfaces of the calling thread's network namespace by an RTM_GETLINK dump.</summary>
internal static class NetlinkLinks
{
    private const ushort RtmNewLink = 16, RtmGetLink = 18;
    private const int IfInfoSize = 16;
    private const int Attempts = 5;

    /// <summary>The next datagram of an answer; valid until the next call.</summary>
    internal delegate ReadOnlySpan<byte> Receiver();

    /// <summary>
    /// The links, each index once. The kernel releases its lock between the parts of a long list, so the list is requested again while it
    /// contradicts itself.
    /// </summary>
    /// <param name="isConsistent">False if it still did at the last attempt: then a link may be missing or have an old name.</param>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    public static IReadOnlyList<NetlinkLink> Dump(out bool isConsistent)
    {
        using var netlink = new RouteNetlink();
        Span<byte> request = stackalloc byte[RouteNetlink.HeaderSize + IfInfoSize];
        request.Clear();
        for (int attempt = 1; ; attempt++)
        {
            netlink.Send(RtmGetLink, RouteNetlink.Request | RouteNetlink.Dump, request);
            IReadOnlyList<NetlinkLink> links = Collect(netlink.Receive, out isConsistent);
            if (isConsistent || attempt == Attempts) return links;
        }
    }

    /// <summary>One dump, to its end. The kernel does not flag a rename; two links with one name reveal it.</summary>
    internal static IReadOnlyList<NetlinkLink> Collect(Receiver receive, out bool isConsistent)
    {
        var links = new Dictionary<int, NetlinkLink>();
        (bool isInterrupted, int received) = (false, 0);
        while (true)
        {
            ReadOnlySpan<byte> datagram = receive();
            while (RouteNetlink.NextMessage(ref datagram, out NetlinkMessage message))
            {
                if (message.ErrorNumber is > 0 and var error) throw new IOException($"rtnetlink: {Marshal.GetPInvokeErrorMessage(error)}");
                isInterrupted |= message.IsInterrupted;
                if (message.IsDone)
                {
                    isConsistent = !isInterrupted && links.Count == received && links.Values.DistinctBy(link => link.Name).Count() == received;
                    return [.. links.Values];
                }

                if (message.Type != RtmNewLink || NetlinkLink.TryParse(message.Body) is not { } link) continue;
                links[link.Index] = link;
                received++;
            }
        }
    }
}
