using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.State;

/// <summary>One socket. Null: not said.</summary>
/// <param name="Protocol"><c>tcp</c>, <c>tcp6</c>, <c>udp</c>, <c>udp6</c>.</param>
/// <param name="State"><c>LISTEN</c>, <c>ESTABLISHED</c> (of UDP: connected), <c>UNCONN</c>, or the kernel's number of another.</param>
/// <param name="Local">Its address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Peer">The address it is connected to.</param>
/// <param name="PeerPort">Its port.</param>
/// <param name="IfIndex">The interface it is bound to; 0 for any.</param>
/// <param name="ReceiveQueue">Of a listener connections that wait to be accepted; else bytes that wait to be read.</param>
/// <param name="SendQueue">Of a listener how many may wait; else bytes that wait to be sent.</param>
/// <param name="Uid">Of who made it.</param>
/// <param name="Inode">By which /proc/PID/fd names it.</param>
internal sealed record SocketRow(
    string Protocol, string State, IPAddress Local, int Port, IPAddress Peer, int PeerPort, int IfIndex, long ReceiveQueue, long? SendQueue, long Uid, long Inode)
{
    private const int InetDiagSize = 72, SkMemInfo = 7, V6Only = 11, CgroupId = 21;

    /// <summary>Bytes of memory that its received packets take (sk_rmem_alloc), which is held against <see cref="ReceiveBuffer"/>.</summary>
    public long? ReceiveMemory { get; init; }

    /// <summary>SO_RCVBUF as the kernel has it: twice what was asked for.</summary>
    public long? ReceiveBuffer { get; init; }

    /// <summary>Packets it turned away since it was made (sk_drops).</summary>
    public long? Drops { get; init; }

    /// <summary>Whether a socket of IPv6 takes no IPv4.</summary>
    public bool? IsV6Only { get; init; }

    /// <summary>Of its control group.</summary>
    public ulong? Cgroup { get; init; }

    /// <summary>From the body of an answer to an inet_diag request (struct inet_diag_msg, include/uapi/linux/inet_diag.h); null where it is too short.</summary>
    /// <param name="protocol"><c>tcp</c> or <c>udp</c>.</param>
    /// <param name="body">The answer.</param>
    public static SocketRow? TryParse(string protocol, ReadOnlySpan<byte> body)
    {
        const int AfInet6 = 10;
        if (body.Length < InetDiagSize) return null;
        bool isIpv6 = body[0] == AfInet6;
        var row = new SocketRow(
            isIpv6 ? protocol + "6" : protocol, StateName(body[1]),
            Address(body[8..], isIpv6), BinaryPrimitives.ReadUInt16BigEndian(body[4..]),
            Address(body[24..], isIpv6), BinaryPrimitives.ReadUInt16BigEndian(body[6..]),
            BinaryPrimitives.ReadInt32LittleEndian(body[40..]),
            BinaryPrimitives.ReadUInt32LittleEndian(body[56..]), BinaryPrimitives.ReadUInt32LittleEndian(body[60..]),
            BinaryPrimitives.ReadUInt32LittleEndian(body[64..]), BinaryPrimitives.ReadUInt32LittleEndian(body[68..]));
        for (ReadOnlySpan<byte> rest = body[InetDiagSize..]; RouteNetlink.NextAttribute(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            row = type switch
            {
                SkMemInfo => row.WithMemory(value),
                V6Only when value.Length > 0 => row with { IsV6Only = value[0] != 0 },
                CgroupId when value.Length >= 8 => row with { Cgroup = BinaryPrimitives.ReadUInt64LittleEndian(value) },
                _ => row,
            };
        }

        return row;
    }

    /// <summary>The names of include/net/tcp_states.h that matter here.</summary>
    public static string StateName(int state) => state switch { 1 => "ESTABLISHED", 7 => "UNCONN", 10 => "LISTEN", _ => state.ToString() };

    // SK_MEMINFO_VARS: rmem_alloc, rcvbuf, …, drops is the ninth (Linux 4.10).
    private SocketRow WithMemory(ReadOnlySpan<byte> value)
    {
        const int DropsAt = 8;
        ReadOnlySpan<uint> memory = MemoryMarshal.Cast<byte, uint>(value);
        return this with
        {
            ReceiveMemory = memory.Length > 0 ? memory[0] : null,
            ReceiveBuffer = memory.Length > 1 ? memory[1] : null,
            Drops = memory.Length > DropsAt ? memory[DropsAt] : null,
        };
    }

    private static IPAddress Address(ReadOnlySpan<byte> bytes, bool isIpv6) => new(bytes[..(isIpv6 ? 16 : 4)]);
}
