using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Network;

/// <summary>
/// A netlink socket in the calling thread's network namespace, and the framing of its messages (include/uapi/linux/netlink.h): of rtnetlink, or of
/// another family that speaks the same.
/// </summary>
internal sealed unsafe class RouteNetlink : IDisposable
{
    /// <summary>Bytes before a message's body.</summary>
    public const int HeaderSize = 16;

    public const ushort Request = 1, Dump = 0x300;

    /// <summary>Families of netlink: NETLINK_ROUTE, NETLINK_SOCK_DIAG, NETLINK_NETFILTER.</summary>
    public const int Route = 0, SocketDiagnosis = 4, Netfilter = 12;

    private const int AfNetlink = 16, SockRaw = 3, SockCloExec = 0x80000;

    private readonly byte[] _buffer = new byte[64 * 1024];   // the kernel fills at most 32 KiB a message
    private readonly int _socket;

    /// <param name="family">Of netlink.</param>
    /// <exception cref="IOException">The kernel has none.</exception>
    public RouteNetlink(int family = Route)
    {
        _socket = Libc.Socket(AfNetlink, SockRaw | SockCloExec, family);
        if (_socket < 0) throw Failure("socket");
    }

    /// <summary>Sends one request; its header is written here, its body stands behind <see cref="HeaderSize"/>.</summary>
    /// <exception cref="IOException">The kernel would not take it.</exception>
    public void Send(ushort type, ushort flags, Span<byte> message)
    {
        message[..HeaderSize].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], flags);
        fixed (byte* start = message)
        {
            if (Libc.Send(_socket, start, message.Length, 0) < 0) throw Failure("send");
        }
    }

    /// <summary>The next datagram, of one message or more; valid until the next call.</summary>
    /// <exception cref="IOException">The kernel would not answer.</exception>
    public ReadOnlySpan<byte> Receive()
    {
        fixed (byte* start = _buffer)
        {
            while (true)
            {
                nint read = Libc.Receive(_socket, start, _buffer.Length, 0);
                if (read > 0) return _buffer.AsSpan(0, (int)read);
                if (read == 0 || Marshal.GetLastPInvokeError() != Libc.EIntr) throw Failure("recv");
            }
        }
    }

    /// <summary>Takes one message off a datagram; false at its end.</summary>
    /// <exception cref="IOException">The datagram is malformed, so that nobody can say where it ends.</exception>
    public static bool NextMessage(ref ReadOnlySpan<byte> datagram, out NetlinkMessage message)
    {
        message = default;
        if (datagram.IsEmpty) return false;
        int length = datagram.Length < HeaderSize ? 0 : BinaryPrimitives.ReadInt32LittleEndian(datagram);
        if (length < HeaderSize || length > datagram.Length) throw new IOException("netlink: the answer is malformed");
        message = new NetlinkMessage(
            BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]), BinaryPrimitives.ReadUInt16LittleEndian(datagram[6..]), datagram[HeaderSize..length]);
        datagram = datagram[Math.Min(Align(length), datagram.Length)..];
        return true;
    }

    /// <summary>Takes one attribute off; false at the end and at a malformed one.</summary>
    public static bool NextAttribute(scoped ref ReadOnlySpan<byte> rest, out int type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (rest.Length < 4) return false;
        ushort length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
        if (length < 4 || length > rest.Length) return false;
        type = BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & 0x3fff;   // without the nested and byte-order marks
        value = rest[4..length];
        rest = rest[Math.Min(Align(length), rest.Length)..];
        return true;
    }

    /// <summary>A 32-bit attribute; null where it is shorter.</summary>
    public static int? Int32(ReadOnlySpan<byte> value) => BinaryPrimitives.TryReadInt32LittleEndian(value, out int number) ? number : null;

    /// <summary>A text attribute without its NUL.</summary>
    public static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value.TrimEnd((byte)0));

    public void Dispose() => _ = Libc.Close(_socket);

    private static int Align(int length) => length > int.MaxValue - 3 ? length : (length + 3) & ~3;

    private static IOException Failure(string call) => new($"netlink {call}: {Marshal.GetLastPInvokeErrorMessage()}");
}

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
