using DropForensics.Core.Btf;

namespace DropForensics.Capture.Probes;

/// <summary>
/// What a probe fetches of a packet, in the kernel's notation (Documentation/trace/kprobetrace.rst). The names are what
/// <c>Core/Tracefs</c> looks for. Text comes last, for it may look like any other argument: whoever reads takes the first of a name.
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
        yield return $"len={Field(layout.Length)}:u32";
        if (packets != PacketBytes.None)
        {
            yield return $"dlen={Field(layout.DataLength)}:u32";
            yield return $"mac={Field(layout.MacHeader)}:u16";
            yield return $"net={Field(layout.NetworkHeader)}:u16";
            yield return $"th={Field(layout.TransportHeader)}:u16";
            yield return $"tail={Field(layout.Tail)}:u32";
            yield return $"head={Field(layout.Head)}:x64";
            yield return $"data={Field(layout.Data)}:x64";
            yield return $"pkt{BytesBeforeData}=-{BytesBeforeData}({Field(layout.Data)}):x64[{(packets == PacketBytes.Full ? FullWords : HeaderWords)}]";
        }

        var device = Field(layout.Dev);
        yield return $"devp={device}:x64";
        yield return $"ifindex=+{layout.DeviceIndex}({device}):s32";
        yield return $"netns=+{layout.NetInode}(+{layout.DeviceNet}({device})):u32";
        yield return $"iif={Field(layout.SkbIif)}:s32";

        // Whether it is a device at all: its first transmit queue points back to it. And its name as so many bytes of memory, which can be
        // zeroed where it is none: a string would go on for as long as there is no zero byte.
        yield return $"devq=+{layout.QueueDevice}(+{layout.DeviceQueues}({device})):x64";
        yield return $"pktdev=+{layout.DeviceName}({device}):x64[2]";
    }

    /// <summary>The name of the packet's interface as text, for a filter that lets only one name through.</summary>
    public string DeviceName => $"dev=+{layout.DeviceName}({Field(layout.Dev)}):string";

    /// <summary>skb->protocol as it lies in memory, in network order.</summary>
    public string Protocol => $"protocol_be={Field(layout.Protocol)}:x16";

    /// <summary>The count of those who hold the packet: it is freed when the last lets go.</summary>
    public string Users => $"users={Field(layout.Users)}:s32";

    private string Field(int offset) => $"+{offset}({skb})";
}
