using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DropForensics.Capture.Host;

/// <summary>One interface as rtnetlink describes it (include/uapi/linux/if_link.h).</summary>
/// <param name="Index">ifindex within its namespace.</param>
/// <param name="Name">IFLA_IFNAME.</param>
/// <param name="IsLoopback">IFF_LOOPBACK.</param>
/// <param name="Kind">IFLA_INFO_KIND: <c>veth</c>, <c>bridge</c>, <c>vlan</c> …; null for hardware.</param>
/// <param name="Link">IFLA_LINK: what a VLAN stands on; for a veth its peer.</param>
/// <param name="Master">IFLA_MASTER: the bridge or bond it belongs to.</param>
internal sealed record NetlinkLink(int Index, string Name, bool IsLoopback, string? Kind, int? Link, int? Master);

/// <summary>Lists the interfaces of the calling thread's network namespace by an RTM_GETLINK dump.</summary>
internal static unsafe class NetlinkLinks
{
    private const int AfNetlink = 16, SockRaw = 3, SockCloExec = 0x80000;
    private const ushort RtmGetLink = 18, RtmNewLink = 16, Done = 3, Error = 2;
    private const ushort RequestDump = 0x301;
    private const uint IffLoopback = 8;
    private const int HeaderSize = 16, IfInfoSize = 16;

    /// <exception cref="IOException">The kernel would not answer.</exception>
    public static List<NetlinkLink> Dump()
    {
        var socket = Libc.Socket(AfNetlink, SockRaw | SockCloExec, 0);
        if (socket < 0) throw Failure("socket");
        try
        {
            Ask(socket);
            return Answers(socket);
        }
        finally
        {
            _ = Libc.Close(socket);
        }
    }

    private static void Ask(int socket)
    {
        Span<byte> request = stackalloc byte[HeaderSize + IfInfoSize];
        request.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(request, (uint)request.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], RtmGetLink);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], RequestDump);
        fixed (byte* start = request)
        {
            if (Libc.Send(socket, start, request.Length, 0) < 0) throw Failure("send");
        }
    }

    private static List<NetlinkLink> Answers(int socket)
    {
        var links = new List<NetlinkLink>();
        var buffer = new byte[64 * 1024];   // the kernel fills at most 32 KiB a message
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var read = Libc.Receive(socket, start, buffer.Length, 0);
                if (read <= 0) throw Failure("recv");
                if (!Collect(buffer.AsSpan(0, (int)read), links)) return links;
            }
        }
    }

    /// <summary>Takes the messages of one datagram; false after the last.</summary>
    private static bool Collect(ReadOnlySpan<byte> datagram, List<NetlinkLink> links)
    {
        while (datagram.Length >= HeaderSize)
        {
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(datagram);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]);
            if (type is Done or Error || length < HeaderSize || length > datagram.Length) return false;
            if (type == RtmNewLink && length >= HeaderSize + IfInfoSize) links.Add(Parse(datagram[HeaderSize..length]));
            datagram = datagram[Math.Min(Align(length), datagram.Length)..];
        }

        return true;
    }

    private static NetlinkLink Parse(ReadOnlySpan<byte> message)
    {
        var index = BinaryPrimitives.ReadInt32LittleEndian(message[4..]);
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(message[8..]);
        string name = "", kind = "";
        int? link = null, master = null;
        for (var rest = message[IfInfoSize..]; NextAttribute(ref rest, out var type, out var value);)
        {
            switch (type)
            {
                case 3: name = Text(value); break;
                case 5: link = BinaryPrimitives.ReadInt32LittleEndian(value); break;
                case 10: master = BinaryPrimitives.ReadInt32LittleEndian(value); break;
                case 18:
                    for (var info = value; NextAttribute(ref info, out var infoType, out var infoValue);)
                    {
                        if (infoType == 1) kind = Text(infoValue);
                    }

                    break;
            }
        }

        return new NetlinkLink(index, name, (flags & IffLoopback) != 0, kind.Length > 0 ? kind : null, link, master);
    }

    private static bool NextAttribute(ref ReadOnlySpan<byte> rest, out int type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (rest.Length < 4) return false;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if (length < 4 || length > rest.Length) return false;
        type = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & 0x3fff;   // without the nested and byte-order marks
        value = rest[4..length];
        rest = rest[Math.Min(Align(length), rest.Length)..];
        return true;
    }

    private static int Align(int length) => (length + 3) & ~3;

    private static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));

    private static IOException Failure(string call) => new($"rtnetlink {call}: {Marshal.GetLastPInvokeErrorMessage()}");
}
