namespace DropForensics.Analyze.HostState;

/// <summary>A socket of a UDP program or a listener of TCP, at one moment. Null: not known.</summary>
internal sealed record SocketState
{
    public required long Netns { get; init; }

    /// <summary><c>tcp</c>, <c>tcp6</c>, <c>udp</c>, <c>udp6</c>.</summary>
    public required string Protocol { get; init; }

    public required string Local { get; init; }
    public required int Port { get; init; }
    public required long Inode { get; init; }
    public bool IsListener { get; init; }

    /// <summary>Whether it takes packets of one peer only.</summary>
    public bool IsConnected { get; init; }

    /// <summary>Of a listener connections that wait to be accepted.</summary>
    public long? ReceiveQueue { get; init; }

    /// <summary>Of a listener how many may wait.</summary>
    public long? SendQueue { get; init; }

    public long? ReceiveMemory { get; init; }
    public long? ReceiveBuffer { get; init; }

    /// <summary>Packets it turned away since it was made.</summary>
    public long? Drops { get; init; }

    public bool? IsV6Only { get; init; }
    public long? Pid { get; init; }
    public string? Comm { get; init; }

    public bool IsTcp => Protocol.StartsWith("tcp", StringComparison.Ordinal);

    /// <summary>Bound to no address of its own: it takes packets to any.</summary>
    public bool IsAny => Local is "0.0.0.0" or "::";

    /// <summary>Whether packets to this address and port of this protocol reach it.</summary>
    /// <param name="isIpv6">Whether the packet is IPv6.</param>
    /// <param name="address">Its destination.</param>
    public bool Takes(bool isIpv6, string address) => Protocol.EndsWith('6') switch
    {
        true when isIpv6 => Local == "::" || Local == address,
        true => IsV6Only != true && (Local == "::" || Local == "::ffff:" + address),
        false => !isIpv6 && (Local == "0.0.0.0" || Local == address),
    };

    /// <summary><c>UDP 0.0.0.0:53</c></summary>
    public string Name => $"{(IsTcp ? "TCP" : "UDP")} {(Local.Contains(':', StringComparison.Ordinal) ? $"[{Local}]" : Local)}:{Port}";

    public static IEnumerable<SocketState> Parse(long netns, TsvText text) => text.Rows.Select(row => Of(netns, row)).OfType<SocketState>();

    private static SocketState? Of(long netns, TsvRow row)
    {
        if (row.Text("protocol") is not { } protocol || row.Text("local") is not { } local || row.Number("port") is not (>= 0 and <= ushort.MaxValue and var port)) return null;
        return new SocketState
        {
            Netns = netns,
            Protocol = protocol,
            Local = local,
            Port = (int)port,
            Inode = row.Number("inode") ?? 0,
            IsListener = row.Text("state") == "LISTEN",
            IsConnected = row.Number("peer_port") is > 0,
            ReceiveQueue = row.Number("recv_q"),
            SendQueue = row.Number("send_q"),
            ReceiveMemory = row.Number("rmem"),
            ReceiveBuffer = row.Number("rcvbuf"),
            Drops = row.Number("drops"),
            IsV6Only = row.Number("v6only") is { } only ? only != 0 : null,
            Pid = row.Number("pid"),
            Comm = row.Text("comm"),
        };
    }
}

/// <summary>A socket before the window and after it; one of the two at least.</summary>
internal sealed record SocketChange(SocketState? Before, SocketState? After)
{
    /// <summary>As it was last.</summary>
    public SocketState Last => After ?? Before ?? throw new InvalidOperationException("one of the two is there");

    /// <summary>How many packets it turned away in between; null where that is not known.</summary>
    public long? Dropped => After?.Drops is { } after && after >= (Before?.Drops ?? 0) ? after - (Before?.Drops ?? 0) : null;

    /// <summary>Whose it is, of the two moments the one that knows.</summary>
    public (string Comm, long Pid)? Holder => (After?.Comm is null ? Before : After) is { Comm: { } comm, Pid: { } pid } ? (comm, pid) : null;
}
