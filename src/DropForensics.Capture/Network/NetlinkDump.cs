using System.Runtime.InteropServices;

namespace DropForensics.Capture.Network;

/// <summary>The result of a netlink dump.</summary>
/// <param name="Rows">In the kernel's order.</param>
/// <param name="IsConsistent">False if the list changed during each attempt: a row may be missing or appear twice.</param>
/// <param name="IsCut">Whether there are more rows than requested.</param>
internal sealed record NetlinkDump<T>(IReadOnlyList<T> Rows, bool IsConsistent, bool IsCut) where T : class
{
    private const int Attempts = 3;

    /// <summary>Makes a row of a message's body; null to skip it.</summary>
    internal delegate T? Parser(ReadOnlySpan<byte> body);

    /// <summary>Requests a dump in the calling thread's network namespace; repeats it if the kernel reports that a change interrupted it.</summary>
    /// <param name="family">Of netlink.</param>
    /// <param name="type">Of the request.</param>
    /// <param name="body">Of the request.</param>
    /// <param name="most">At most this many rows; the rest is not read.</param>
    /// <param name="parse">Makes a row.</param>
    /// <exception cref="IOException">The kernel did not answer.</exception>
    public static NetlinkDump<T> Read(int family, ushort type, ReadOnlySpan<byte> body, int most, Parser parse)
    {
        Span<byte> request = stackalloc byte[RouteNetlink.HeaderSize + body.Length];
        for (int attempt = 1; ; attempt++)
        {
            // A new socket each time: closing the old one discards its unread rest.
            using var netlink = new RouteNetlink(family);
            body.CopyTo(request[RouteNetlink.HeaderSize..]);
            netlink.Send(type, RouteNetlink.Request | RouteNetlink.Dump, request);
            NetlinkDump<T> dump = Collect(netlink.Receive, most, parse);
            if (dump.IsConsistent || attempt == Attempts) return dump;
        }
    }

    /// <summary>One dump, to its end or to one row too many.</summary>
    internal static NetlinkDump<T> Collect(NetlinkLinks.Receiver receive, int most, Parser parse)
    {
        var rows = new List<T>();
        bool isInterrupted = false;
        while (true)
        {
            ReadOnlySpan<byte> datagram = receive();
            while (RouteNetlink.NextMessage(ref datagram, out NetlinkMessage message))
            {
                if (message.ErrorNumber is > 0 and var error) throw new IOException($"netlink: {Marshal.GetPInvokeErrorMessage(error)}");
                isInterrupted |= message.IsInterrupted;
                if (message.IsDone) return new NetlinkDump<T>(rows, !isInterrupted, IsCut: false);
                if (message.Type < FirstOfFamily || parse(message.Body) is not { } row) continue;
                if (rows.Count == most) return new NetlinkDump<T>(rows, !isInterrupted, IsCut: true);
                rows.Add(row);
            }
        }
    }

    // NLMSG_MIN_TYPE: those below are netlink's own
    private const ushort FirstOfFamily = 16;
}
