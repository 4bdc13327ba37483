namespace DropForensics.Capture.Host;

/// <summary>One message of a netlink datagram (include/uapi/linux/netlink.h).</summary>
/// <param name="type"><c>nlmsg_type</c>.</param>
/// <param name="flags"><c>nlmsg_flags</c>.</param>
/// <param name="body">What follows its header.</param>
internal readonly ref struct NetlinkMessage(ushort type, ushort flags, ReadOnlySpan<byte> body)
{
    // NLMSG_ERROR, NLMSG_DONE, NLM_F_DUMP_INTR
    private const ushort Error = 2, Done = 3, DumpInterrupted = 0x10;

    public ushort Type { get; } = type;

    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>The dump is over.</summary>
    public bool IsDone => Type == Done;

    /// <summary>What was listed changed while the kernel listed it: something may be missing, or there twice.</summary>
    public bool IsInterrupted => (flags & DumpInterrupted) != 0;

    /// <summary>The kernel refused, or broke a dump off, by this number of errno; 0 where it did not, or only acknowledged.</summary>
    public int ErrorNumber => Type is Error or Done && RouteNetlink.Int32(Body) is { } number and < 0 ? -number : 0;
}
