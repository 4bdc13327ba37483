using System.Buffers.Binary;

namespace DropForensics.Capture.Host;

/// <summary>
/// Which namespaces the calling thread's namespace means by its numbers for others (nsid). The kernel gives the number of a namespace
/// that is shown to it (RTM_GETNSID, include/uapi/linux/net_namespace.h), not the other way round: so the known ones are shown in turn,
/// no more of them than it takes.
/// </summary>
/// <param name="host">Where <paramref name="spaces"/> are opened.</param>
/// <param name="spaces">Those that can be entered.</param>
internal sealed class NamespaceIds(HostRoot host, IReadOnlyList<NetNamespace> spaces) : IDisposable
{
    private const ushort RtmNewNsId = 88, RtmGetNsId = 90;
    private const int NetnsaNsId = 1, NetnsaFd = 3;
    private const int FamilySize = 4, AttributeSize = 8;

    private readonly Dictionary<int, long> _known = [];
    private RouteNetlink? _netlink;
    private int _shown;

    /// <summary>The inode of the namespace that goes by <paramref name="nsid"/> here; null where it is none of those known.</summary>
    /// <exception cref="IOException">The kernel would not answer.</exception>
    public long? Resolve(int nsid)
    {
        if (nsid < 0) return null;   // NETNSA_NSID_NOT_ASSIGNED
        for (; !_known.ContainsKey(nsid) && _shown < spaces.Count; _shown++)
        {
            if (Ask(spaces[_shown]) is { } id) _known.TryAdd(id, spaces[_shown].Inode);
        }

        return _known.TryGetValue(nsid, out var inode) ? inode : null;
    }

    public void Dispose() => _netlink?.Dispose();

    private int? Ask(NetNamespace space)
    {
        var fd = NetNamespaces.Open(host, space);
        if (fd < 0) return null;
        try
        {
            _netlink ??= new RouteNetlink();
            Span<byte> request = stackalloc byte[RouteNetlink.HeaderSize + FamilySize + AttributeSize];
            request.Clear();
            var attribute = request[(RouteNetlink.HeaderSize + FamilySize)..];
            BinaryPrimitives.WriteUInt16LittleEndian(attribute, AttributeSize);
            BinaryPrimitives.WriteUInt16LittleEndian(attribute[2..], NetnsaFd);
            BinaryPrimitives.WriteInt32LittleEndian(attribute[4..], fd);
            _netlink.Send(RtmGetNsId, RouteNetlink.Request, request);
            return Answer(_netlink.Receive());
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private static int? Answer(ReadOnlySpan<byte> datagram)
    {
        if (!RouteNetlink.NextMessage(ref datagram, out var type, out var rest, out _) || type != RtmNewNsId || rest.Length < FamilySize) return null;
        rest = rest[FamilySize..];
        while (RouteNetlink.NextAttribute(ref rest, out var attribute, out var value))
        {
            if (attribute == NetnsaNsId) return RouteNetlink.Int32(value);
        }

        return null;
    }
}
