using DropForensics.Core.Btf;
using DropForensics.Core.Events;

namespace DropForensics.Capture.Probes;

/// <summary>
/// What a probe fetches of a packet, in the kernel's notation (Documentation/trace/kprobetrace.rst). Text comes last, for it may look
/// like any other argument: whoever reads takes the first of a name.
/// </summary>
/// <param name="layout">Where the kernel keeps a packet's fields.</param>
/// <param name="skb">What holds the packet's address: <c>$skbaddr</c>, <c>$arg2</c>, <c>%si</c>.</param>
internal sealed class FetchArguments(SkbLayout layout, string skb)
{
    /// <summary>
    /// The window begins so many bytes before skb->data: at a drop in a transport protocol data is already behind the
    /// Ethernet (14), VLAN (2 × 4) and IPv6 headers (40) and an extension (24).
    /// </summary>
    private const int BytesBeforeData = 96;

    // Arrays have at most 64 elements. 32 words reach 160 bytes past data: two IPv6 headers with Ethernet, UDP and VXLAN between.
    private const int HeaderWords = 32, FullWords = 64;

    /// <summary>Length, device, namespace and, where asked for, headers.</summary>
    public IEnumerable<string> Packet(PacketBytes packets)
    {
        yield return Argument(ProbeName.Length, $"{Field(layout.Length)}:u32");
        if (packets != PacketBytes.None)
        {
            yield return Argument(ProbeName.DataLength, $"{Field(layout.DataLength)}:u32");
            yield return Argument(ProbeName.LinkHeader, $"{Field(layout.MacHeader)}:u16");
            yield return Argument(ProbeName.NetworkHeader, $"{Field(layout.NetworkHeader)}:u16");
            yield return Argument(ProbeName.TransportHeader, $"{Field(layout.TransportHeader)}:u16");
            yield return Argument(ProbeName.Tail, $"{Field(layout.Tail)}:u32");
            yield return Argument(ProbeName.Head, $"{Field(layout.Head)}:x64");
            yield return Argument(ProbeName.Data, $"{Field(layout.Data)}:x64");
            yield return $"{ProbeNames.Window}{BytesBeforeData}=-{BytesBeforeData}({Field(layout.Data)}):x64[{(packets == PacketBytes.Full ? FullWords : HeaderWords)}]";
        }

        string device = Field(layout.Dev);
        yield return Argument(ProbeName.Device, $"{device}:x64");
        yield return Argument(ProbeName.DeviceIndex, $"+{layout.DeviceIndex}({device}):s32");
        yield return Argument(ProbeName.Netns, $"+{layout.NetInode}(+{layout.DeviceNet}({device})):u32");
        yield return Argument(ProbeName.IncomingIndex, $"{Field(layout.SkbIif)}:s32");

        // Whether it is a device at all: its first transmit queue points back to it. And its name as so many bytes of memory, which can be
        // zeroed where it is none: a string would go on for as long as there is no zero byte.
        yield return Argument(ProbeName.QueueDevice, $"+{layout.QueueDevice}(+{layout.DeviceQueues}({device})):x64");
        yield return Argument(ProbeName.DeviceWords, $"+{layout.DeviceName}({device}):x64[2]");
    }

    /// <summary>The owner of the packet's own socket, and of the one that was to receive it.</summary>
    /// <param name="socket">Where they are found.</param>
    /// <param name="receiver">What holds the receiving socket's address, <c>$rx_sk</c>; null where nothing does.</param>
    public IEnumerable<string> Owner(SocketLayout socket, string? receiver) =>
        [.. OwnerOf(ProbeName.Socket, Field(socket.SkbSocket), socket), .. receiver is null ? [] : OwnerOf(ProbeName.Receiver, receiver, socket)];

    /// <summary>The name of the packet's interface as text, for a filter that lets only one name through.</summary>
    public string DeviceName => Argument(ProbeName.DeviceText, $"+{layout.DeviceName}({Field(layout.Dev)}):string");

    /// <summary>skb->protocol as it lies in memory, in network order.</summary>
    public string Protocol => Argument(ProbeName.NetworkProtocol, $"{Field(layout.Protocol)}:x16");

    /// <summary>The count of those who hold the packet: it is freed when the last lets go.</summary>
    public string Users => Argument(ProbeName.Users, $"{Field(layout.Users)}:s32");

    /// <summary>An argument of a probe's definition: <c>len=+112($skbaddr):u32</c>.</summary>
    public static string Argument(ProbeName name, string fetched) => $"{ProbeNames.Of(name)}={fetched}";

    // Few, because the kernel takes a page fault for each of them where there is no socket.
    private static string[] OwnerOf(ProbeName first, string address, SocketLayout socket) =>
    [
        Argument(first, $"{address}:x64"), Argument(first + 1, $"+{socket.State}({address}):u8"),
        Argument(first + 2, $"+{socket.NodeId}(+{socket.CgroupNode}(+{socket.Cgroup}({address}))):u64"), Argument(first + 3, $"+{socket.User}({address}):u32"),
    ];

    private string Field(int offset) => $"+{offset}({skb})";
}
