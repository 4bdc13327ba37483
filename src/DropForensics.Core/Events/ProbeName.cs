using System.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// What our probes fetch of a drop, by name: their definitions are written and their lines are read by this list. Beside these there is the
/// packet's window, <c>pkt96</c>, whose name says how many bytes before <c>skb->data</c> it begins.
/// </summary>
public enum ProbeName
{
    /// <summary>Address of the packet.</summary>
    Skb,

    /// <summary>Why it was dropped, as a number.</summary>
    Reason,

    /// <summary><c>skb->protocol</c> in host order, from the tracepoint.</summary>
    Protocol,

    /// <summary>Bytes of the packet.</summary>
    Length,

    /// <summary>Those of them that lie in fragments.</summary>
    DataLength,

    /// <summary>Where the link header is, bytes from <see cref="Head"/> on.</summary>
    LinkHeader,

    /// <summary>Where the network header is, bytes from <see cref="Head"/> on.</summary>
    NetworkHeader,

    /// <summary>Where the transport header is, bytes from <see cref="Head"/> on.</summary>
    TransportHeader,

    /// <summary>Where the packet's bytes end, bytes from <see cref="Head"/> on.</summary>
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

    /// <summary>Index of the interface that the packet came in through.</summary>
    IncomingIndex,

    /// <summary>Address of the interface once more, from its first transmit queue.</summary>
    QueueDevice,

    /// <summary>How many hold the packet.</summary>
    Users,

    /// <summary><c>skb->protocol</c> as it lies in memory, in network order.</summary>
    NetworkProtocol,

    /// <summary>Who freed the packet, as a symbol. This and those that follow are no numbers.</summary>
    Location,

    /// <summary>The interface's name as two words of memory.</summary>
    DeviceWords,

    /// <summary>The interface's name as text.</summary>
    DeviceText,

    /// <summary>The task's name. It comes last, for it may look like any other field.</summary>
    Comm,
}

/// <summary>How the fields of our probes are called.</summary>
public static class ProbeNames
{
    /// <summary>What the name of the packet's window begins with.</summary>
    public const string Window = "pkt";

    /// <summary>How many of them are numbers: the first.</summary>
    internal const int Numbers = (int)ProbeName.NetworkProtocol + 1;

    private static readonly string[] Names =
    [
        "skb", "reason", "protocol", "len", "dlen", "mac", "net", "th", "tail", "head", "data", "devp", "ifindex", "netns", "iif", "devq", "users",
        "protocol_be", "loc", "pktdev", "dev", "comm",
    ];

    private static readonly byte[][] Bytes = [.. Names.Select(Encoding.ASCII.GetBytes)];
    private static readonly byte[][] Openings = [.. Names.Take(Numbers).Select(name => Encoding.ASCII.GetBytes($" {name}="))];

    /// <summary>Its name: <c>len</c>.</summary>
    public static string Of(ProbeName field) => Names[(int)field];

    /// <summary>What a number's value stands behind, <c> len=</c>; empty for any other field.</summary>
    internal static ReadOnlySpan<byte> OpeningOf(ProbeName field) => (uint)field < (uint)Openings.Length ? Openings[(int)field] : [];

    /// <summary>Which field a name is; null for one that no definition of ours has.</summary>
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
