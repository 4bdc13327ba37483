using System.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// The fields our probes fetch, by name. Writing the definitions and reading the lines both use this list. There is also the packet's window,
/// <c>pkt96</c>, whose name says how many bytes before <c>skb->data</c> it begins.
/// </summary>
public enum ProbeName
{
    /// <summary>Address of the packet.</summary>
    Skb,

    /// <summary>The drop reason's number.</summary>
    Reason,

    /// <summary><c>skb->protocol</c> in host order, from the tracepoint.</summary>
    Protocol,

    /// <summary>Bytes of the packet.</summary>
    Length,

    /// <summary>Those of them that lie in fragments.</summary>
    DataLength,

    /// <summary>Offset of the link header from <see cref="Head"/>, in bytes.</summary>
    LinkHeader,

    /// <summary>Offset of the network header from <see cref="Head"/>, in bytes.</summary>
    NetworkHeader,

    /// <summary>Offset of the transport header from <see cref="Head"/>, in bytes.</summary>
    TransportHeader,

    /// <summary>Offset of the end of the packet's bytes from <see cref="Head"/>, in bytes.</summary>
    Tail,

    /// <summary>Address of the packet's buffer.</summary>
    Head,

    /// <summary>Address of its first byte not yet pulled.</summary>
    Data,

    /// <summary>Address of the interface.</summary>
    Device,

    /// <summary>Index of the interface.</summary>
    DeviceIndex,

    /// <summary>Inode of the interface's network namespace.</summary>
    Netns,

    /// <summary>Index of the interface the packet arrived on.</summary>
    IncomingIndex,

    /// <summary>Address of the interface again, read from its first transmit queue.</summary>
    QueueDevice,

    /// <summary>The packet's reference count.</summary>
    Users,

    /// <summary><c>skb->protocol</c> as it lies in memory, in network order.</summary>
    NetworkProtocol,

    /// <summary>Address of the packet's own socket: the sender's on its way out, perhaps the receiver's on its way in. Three fields of it follow.</summary>
    Socket,

    /// <summary>Its state, of the TCP states.</summary>
    SocketState,

    /// <summary>Id of its control group.</summary>
    SocketCgroupId,

    /// <summary>Its user.</summary>
    SocketUser,

    /// <summary>Address of the socket that was to receive the packet (Linux 6.11 on). Three fields of it follow, as of <see cref="Socket"/>.</summary>
    Receiver,

    /// <summary>Its state.</summary>
    ReceiverState,

    /// <summary>Id of its control group.</summary>
    ReceiverCgroupId,

    /// <summary>Its user.</summary>
    ReceiverUser,

    /// <summary>The function that freed the packet, as a symbol. From here on the fields are not numbers.</summary>
    Location,

    /// <summary>The interface's name as two words of memory.</summary>
    DeviceWords,

    /// <summary>The interface's name as text.</summary>
    DeviceText,

    /// <summary>The task's name. It comes last because it may look like any other field.</summary>
    Comm,
}

/// <summary>The names of our probes' fields.</summary>
public static class ProbeNames
{
    /// <summary>Prefix of the packet window's name.</summary>
    public const string Window = "pkt";

    /// <summary>How many of them, from the first on, are numbers.</summary>
    internal const int Numbers = (int)ProbeName.ReceiverUser + 1;

    private static readonly string[] Names =
    [
        "skb", "reason", "protocol", "len", "dlen", "mac", "net", "th", "tail", "head", "data", "devp", "ifindex", "netns", "iif", "devq", "users",
        "protocol_be", "sk", "skst", "skcgid", "skuid", "rsk", "rskst", "rskcgid", "rskuid", "loc", "pktdev", "dev", "comm",
    ];

    private static readonly byte[][] Bytes = [.. Names.Select(Encoding.ASCII.GetBytes)];
    private static readonly byte[][] Openings = [.. Names.Take(Numbers).Select(name => Encoding.ASCII.GetBytes($" {name}="))];

    /// <summary>Its name: <c>len</c>.</summary>
    public static string Of(ProbeName field) => Names[(int)field];

    /// <summary>The text before a number's value, <c> len=</c>; empty for any other field.</summary>
    internal static ReadOnlySpan<byte> OpeningOf(ProbeName field) => (uint)field < (uint)Openings.Length ? Openings[(int)field] : [];

    /// <summary>The field of a name; null if our definitions do not have it.</summary>
    /// <param name="name">As printed.</param>
    internal static ProbeName? Find(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < Bytes.Length; i++)
        {
            if (name.SequenceEqual(Bytes[i]))
                return (ProbeName)i;
        }
        return null;
    }
}
