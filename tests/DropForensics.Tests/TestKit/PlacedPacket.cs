using System.Buffers.Binary;
using System.Text;
using DropForensics.Core.Packets;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// A packet in a buffer of the kernel: <see cref="Headroom"/> bytes of other memory (0xDD) before it, more of that behind it. Offsets are
/// indexes into the packet; null is unset.
/// </summary>
internal sealed record PlacedPacket(byte[] Packet, int Protocol, int? Mac, int? Network, int Data)
{
    public const int Before = 96;
    public const byte OtherMemory = 0xdd;
    private const ulong Head = 0xffff8a3168214a00;

    public int Headroom { get; init; } = 128;
    public int Words { get; init; } = 32;

    /// <summary>Bytes of the packet that lie in fragments, not in the buffer.</summary>
    public int InFragments { get; init; }

    public SkbGeometry Geometry => new()
    {
        Head = Head,
        Data = Head + (ulong)(Headroom + Data),
        Length = (ulong)(Packet.Length - Data),
        DataLength = (ulong)InFragments,
        Tail = (ulong)(Headroom + Packet.Length - InFragments),
        Mac = Mac is int mac ? (ulong)(Headroom + mac) : SkbGeometry.Unset,
        Network = Network is int network ? (ulong)(Headroom + network) : 0,
        Protocol = Protocol,
    };

    /// <summary>A received frame: the link header was pulled.</summary>
    public static PlacedPacket Received(byte[] frame, int protocol) => new(frame, protocol, 0, 14, 14);

    /// <summary>A packet without a link header, as on a tunnel device.</summary>
    public static PlacedPacket Bare(byte[] packet, int protocol) => new(packet, protocol, null, 0, 0);

    /// <summary>Index in the window of a byte of the packet.</summary>
    public int At(int index) => Before - Data + index;

    /// <summary>The window; <paramref name="other"/> stands for memory that is not the packet's.</summary>
    public byte[] Bytes(byte other = OtherMemory)
    {
        byte[] window = new byte[8 * Words];
        for (int i = 0; i < window.Length; i++)
        {
            int index = i - Before + Data;
            window[i] = index >= 0 && index < Packet.Length - InFragments ? Packet[index] : other;
        }
        return window;
    }

    /// <summary>The line of a probe, without a newline.</summary>
    public string Line(string comm = "dropgen", byte[]? window = null)
    {
        SkbGeometry g = Geometry;
        return "           <...>-257     [000] ..s2.     6.276872: drop: (skb.kfree_skb) skb=0xffff8a3168214b00 loc=__udp4_lib_rcv+0x235/0xd90 reason=3 "
            + $"protocol={g.Protocol} len={g.Length} dlen={g.DataLength} mac={g.Mac} net={g.Network} th=65535 tail={g.Tail} head=0x{g.Head:x} data=0x{g.Data:x} "
            + $"pkt{Before}={{{WordsOf(window ?? Bytes())}}} devp=0xffff8a3141ac0000 ifindex=1 netns=4026531840 iif=1 dev=\"lo\" comm=\"{comm}\"";
    }

    public static string WordsOf(byte[] window)
    {
        var text = new StringBuilder();
        for (int at = 0; at < window.Length; at += 8)
            text.Append(at > 0 ? "," : "").Append("0x").Append(BinaryPrimitives.ReadUInt64LittleEndian(window.AsSpan(at)).ToString("x"));
        return text.ToString();
    }
}
