using System.Buffers.Binary;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Network;

/// <summary>
/// The namespaces behind the calling thread's namespace ids (nsid). The kernel gives the id of a namespace
/// (RTM_GETNSID, include/uapi/linux/net_namespace.h), not the namespace of an id: so this asks for the known namespaces one by one,
/// until the id is found.
/// </summary>
/// <param name="host">Where <paramref name="spaces"/> are opened.</param>
/// <param name="spaces">The known namespaces.</param>
internal sealed class NamespaceIds(HostRoot host, IReadOnlyList<NetNamespace> spaces) : IDisposable
{
    private const ushort RtmNewNsId = 88, RtmGetNsId = 90;
    private const int NetnsaNsId = 1, NetnsaFd = 3;
    private const int FamilySize = 4, AttributeSize = 8;

    private readonly Dictionary<int, long> _known = [];
    private RouteNetlink? _netlink;
    private int _shown;

    /// <summary>Why the namespace of some id may be unknown: the kernel did not answer; usually null.</summary>
    public string? WhyNot { get; private set; }

    /// <summary>The inode of the namespace with this id; null if it is not a known one.</summary>
    public long? Resolve(int nsid)
    {
        if (nsid < 0) return null;   // NETNSA_NSID_NOT_ASSIGNED
        for (; !_known.ContainsKey(nsid) && _shown < spaces.Count; _shown++)
        {
            if (Ask(spaces[_shown]) is { } id) _known.TryAdd(id, spaces[_shown].Inode);
        }

        return _known.TryGetValue(nsid, out long inode) ? inode : null;
    }

    public void Dispose() => _netlink?.Dispose();

    private int? Ask(NetNamespace space)
    {
        int fd = NetNamespaces.Open(host, space, out string? whyNot);
        if (fd < 0)
        {
            if (whyNot != NetNamespaces.Ended) WhyNot = whyNot;
            return null;
        }

        try
        {
            _netlink ??= new RouteNetlink();
            Span<byte> request = stackalloc byte[RouteNetlink.HeaderSize + FamilySize + AttributeSize];
            request.Clear();
            Span<byte> attribute = request[(RouteNetlink.HeaderSize + FamilySize)..];
            BinaryPrimitives.WriteUInt16LittleEndian(attribute, AttributeSize);
            BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], NetnsaFd);
            BinaryPrimitives.WriteInt32LittleEndian(attribute[4..], fd);
            _netlink.Send(RtmGetNsId, RouteNetlink.Request, request);
            return Answer(_netlink.Receive());
        }
        catch (IOException e)
        {
            WhyNot = e.Message;
            return null;
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private static int? Answer(ReadOnlySpan<byte> datagram)
    {
        if (!RouteNetlink.NextMessage(ref datagram, out NetlinkMessage message) || message.Type != RtmNewNsId || message.Body.Length < FamilySize) return null;
        ReadOnlySpan<byte> rest = message.Body[FamilySize..];
        while (RouteNetlink.NextAttribute(ref rest, out int attribute, out ReadOnlySpan<byte> value))
        {
            if (attribute == NetnsaNsId) return RouteNetlink.Int32(value);
        }

        return null;
    }
}
