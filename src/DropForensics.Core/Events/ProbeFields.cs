using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.Packets;
using DropForensics.Core.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// The known fields of a probe's line, parsed once. If a name repeats, the first one counts: text comes last in our definitions and may look like
/// anything, <c>comm="x" ifindex=9 y="</c>.
/// <code> skb=0xffff8bbd7e1c2e00 loc=__udp4_lib_rcv+0x235/0xd90 reason=3 protocol=2048 len=25 … ifindex=1 … dev="lo" comm="dropgen"</code>
/// </summary>
internal ref struct ProbeFields
{
    // include/linux/proc_ns.h: ns.inum counts up from PROC_DYNAMIC_FIRST, 0xF0000000; the first namespaces have fixed numbers just
    // below it, from 6.18 on the network namespace too (0xEFFFFFF9).
    private const ulong LowestNamespace = 0xEFFF_FFF0;

    private const int MaxBefore = 1 << 16;

    /// <summary>What precedes a task's name.</summary>
    public static ReadOnlySpan<byte> CommMark => " comm=\""u8;

    private Values _numbers;
    private uint _known;
    private ReadOnlySpan<byte> _deviceText, _deviceWords;

    /// <summary>Reads all fields; false if one does not parse. The fields before it are set anyway.</summary>
    /// <param name="text">The text after the location in parentheses, with its leading blank.</param>
    /// <param name="fields">Their values.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, out ProbeFields fields)
    {
        fields = default;
        ReadOnlySpan<byte> rest = text;
        ProbeName next = ProbeName.Skb;
        while (!rest.IsEmpty)
        {
            if (fields.TakeExpected(rest, next) is > 0 and int taken)
            {
                rest = rest[taken..];
                next++;
                continue;
            }
            ReadOnlySpan<byte> before = rest;
            if (IsClosingComm(rest))
            {
                fields.Comm = fields.Comm.IsEmpty ? rest[(CommMark.Length - 1)..] : fields.Comm;
                return true;
            }
            if (PrintedField.TryTake(ref rest, out PrintedField field))
                fields.Add(field, ref next);
            else
                return fields.TryTakeRestAsComm(text, before);
        }
        return true;
    }

    /// <summary>Address of the packet.</summary>
    public readonly ulong? Skb => this[ProbeName.Skb];

    /// <summary>The packet's reference count.</summary>
    public readonly ulong? Users => this[ProbeName.Users];

    /// <summary>A number of any base and sign, as printed; empty for none.</summary>
    public ReadOnlySpan<byte> Reason { get; private set; }

    /// <summary>Who freed it, as printed; empty for none.</summary>
    public ReadOnlySpan<byte> Location { get; private set; }

    /// <summary>The task's name, as printed.</summary>
    public ReadOnlySpan<byte> Comm { get; private set; }

    /// <summary>The first window of the packet's memory, with the packet's position from the fields before it.</summary>
    public ProbeWindow Window { get; private set; }

    /// <summary>The words of the interface's name if they are plausible; empty otherwise.</summary>
    public readonly ReadOnlySpan<byte> BelievedNameWords => IsDevice(out _) ? _deviceWords : [];

    public readonly DropArguments Describe(ReadOnlySpan<byte> @event)
    {
        bool hasDevice = IsDevice(out DeviceName name);
        return new DropArguments
        {
            Event = @event,
            EtherType = EtherType,
            Location = LocationOf(Location),
            Reason = Reason,
            Comm = Unquoted(Comm),
            Device = hasDevice ? name : default,
            IfIndex = hasDevice ? (int)this[ProbeName.DeviceIndex].GetValueOrDefault() : 0,
            Netns = hasDevice ? (long)this[ProbeName.Netns].GetValueOrDefault() : 0,
            IncomingIfIndex = this[ProbeName.IncomingIndex] is ulong iif and > 0 and <= int.MaxValue ? (int)iif : null,
            Length = this[ProbeName.Length] is ulong length and <= int.MaxValue ? (int)length : null,
            Window = Window,
            Owner = OwnerOf(ProbeName.Receiver) ?? OwnerOf(ProbeName.Socket),
        };
    }

    private readonly ulong? this[ProbeName name] => (_known >> (int)name & 1) != 0 ? _numbers[(int)name] : null;

    private readonly int? EtherType =>
        this[ProbeName.Protocol] is ulong protocol and <= ushort.MaxValue ? (int)protocol
        : this[ProbeName.NetworkProtocol] is ulong swapped and <= ushort.MaxValue ? BinaryPrimitives.ReverseEndianness((ushort)swapped) : null;

    // The fast path: the number that comes next in our definitions, as nearly every field does. Returns its length in bytes, or 0.
    private int TakeExpected(ReadOnlySpan<byte> rest, ProbeName name)
    {
        ReadOnlySpan<byte> opening = ProbeNames.OpeningOf(name);
        if (opening.IsEmpty || !rest.StartsWith(opening))
            return 0;
        ReadOnlySpan<byte> value = rest[opening.Length..];
        bool isHex = value.StartsWith("0x"u8);
        int start = isHex ? 2 : 0, end = start + (isHex ? MemoryWords.TakeDigits(value[2..], out ulong number) : AsciiNumber.TakeDecimal(value, out number));
        bool isClosed = end > start && (end == value.Length || (value[end] == ' ' && !value[end..].StartsWith(" ["u8)));
        if (!isClosed)
            return 0;
        if (name == ProbeName.Reason && Reason.IsEmpty)
            Reason = value[..end];
        Set(name, number);
        return opening.Length + end;
    }

    private void Set(ProbeName name, ulong number)
    {
        if ((_known >> (int)name & 1) != 0)
            return;
        _numbers[(int)name] = number;
        _known |= 1u << (int)name;
    }

    private void Add(in PrintedField field, ref ProbeName next)
    {
        if (ProbeNames.Find(field.Name) is not { } name)
        {
            AddWindow(field);
            return;
        }

        next = name + 1;
        if ((int)name < ProbeNames.Numbers && field.TryNumber(out ulong number))
            Set(name, number);
        if (name == ProbeName.Reason && Reason.IsEmpty && IsNumber(field.Value))
            Reason = field.Value;
        else if (name == ProbeName.Location && Location.IsEmpty)
            Location = field.Value;
        else if (name == ProbeName.DeviceText && _deviceText.IsEmpty)
            _deviceText = field.Value;
        else if (name == ProbeName.DeviceWords && _deviceWords.IsEmpty)
            _deviceWords = field.Value;
        else if (name == ProbeName.Comm && Comm.IsEmpty)
            Comm = field.Value;
    }

    private void AddWindow(in PrintedField field)
    {
        if (!Window.Words.IsEmpty || !field.Name.StartsWith("pkt"u8) || field.Value[0] != '{'
            || !AsciiNumber.TryDecimal(field.Name[ProbeNames.Window.Length..], MaxBefore, out int before))
        {
            return;
        }
        Window = new ProbeWindow(Geometry(), before, field.Value[1..^1]);
    }

    // A number that is missing or could not be fetched keeps its default, which never makes unrelated memory part of the packet.
    private readonly SkbGeometry Geometry() => new()
    {
        Protocol = EtherType ?? 0,
        Length = this[ProbeName.Length] ?? 0,
        DataLength = this[ProbeName.DataLength] ?? 0,
        Mac = this[ProbeName.LinkHeader] ?? SkbGeometry.Unset,
        Network = this[ProbeName.NetworkHeader] ?? SkbGeometry.Unset,
        Tail = this[ProbeName.Tail] ?? 0,
        Head = this[ProbeName.Head] ?? 0,
        Data = this[ProbeName.Data] ?? 0,
    };

    // The name is the last field. A task may call itself x" users=2 y=", and no part of that is a field, even if it is the first with that name.
    private static bool IsClosingComm(ReadOnlySpan<byte> rest) =>
        rest.Length <= CommMark.Length + TraceHeader.DashColumn && rest.Length > CommMark.Length && rest[^1] == '"' && rest.StartsWith(CommMark);

    // A task may call itself x" y, and then more fields seem to follow its name: all of it is the name. A name with a newline
    // may be cut there.
    private bool TryTakeRestAsComm(ReadOnlySpan<byte> text, ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> mark = CommMark;
        if (Comm.IsEmpty)
        {
            bool opens = rest.StartsWith(mark) && rest.Length <= mark.Length + TraceHeader.DashColumn;
            Comm = opens ? rest[(mark.Length - 1)..] : [];
            return opens;
        }
        int at = text.IndexOf(mark);
        if (at < 0 || text.Length - at > mark.Length + TraceHeader.DashColumn)
            return false;
        Comm = text[(at + mark.Length - 1)..];
        return true;
    }

    /// <summary>
    /// Whether <c>skb->dev</c> pointed to an interface. If a number could not be fetched, the kernel does not report it: the field keeps a value of
    /// another event. And dev is in a union with other members, so it may be anything. Only an interface's own transmit queue points back to it
    /// (<c>devq</c>); a name as text is <c>(fault)</c> if it could not be fetched.
    /// </summary>
    private readonly bool IsDevice(out DeviceName name)
    {
        name = _deviceWords.IsEmpty ? DeviceName.FromText(Unquoted(_deviceText)) : DeviceName.FromWords(_deviceWords);
        ulong? device = this[ProbeName.Device];
        return name.Length > 0 && device >= KernelAddress.Lowest && (_deviceWords.IsEmpty || this[ProbeName.QueueDevice] == device)
            && this[ProbeName.DeviceIndex] is > 0 and <= int.MaxValue && this[ProbeName.Netns] is >= LowestNamespace and <= uint.MaxValue;
    }

    /// <summary>
    /// The owner of a socket, from its four fields; null where there is no full socket. As for an interface, numbers may be another event's, unless
    /// the socket is there. Requests and sockets in time-wait are shorter than others, and have no owner (include/net/tcp_states.h); every other
    /// socket has a control group from its making to its end (since Linux 5.15, cgroup_sk_alloc in kernel/cgroup/cgroup.c).
    /// </summary>
    private readonly SocketOwner? OwnerOf(ProbeName socket)
    {
        const int timeWait = 6, request = 12;
        bool isSocket = this[socket] >= KernelAddress.Lowest && this[socket + 1] is > 0 and < 32 and not timeWait and not request;
        return isSocket && this[socket + 2] is ulong id and > 0 and <= long.MaxValue && this[socket + 3] is ulong user and <= uint.MaxValue
            ? new SocketOwner((long)id, (uint)user) : null;
    }

    // An address that the probe did not print, or the kernel could not resolve.
    private static ReadOnlySpan<byte> LocationOf(ReadOnlySpan<byte> text) =>
        !text.StartsWith("0x"u8) && PrintedSymbol.TryParse(text, out PrintedSymbol symbol) && !symbol.Name.IsEmpty && symbol.Name[0] is not ((byte)'-' or (>= (byte)'0' and <= (byte)'9'))
            ? symbol.Text : [];

    // Empty for "(fault)".
    private static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text[0] == '"' ? (text.Length > 1 && text[^1] == '"' ? text[1..^1] : text[1..]) : [];

    // Of any base and sign, not "(fault)".
    private static bool IsNumber(ReadOnlySpan<byte> value) => !value.TrimStart((byte)'-').ContainsAnyExcept(TraceText.NameBytes);

    [InlineArray(ProbeNames.Numbers)]
    private struct Values
    {
        private ulong _first;
    }
}

/// <summary>Memory around a packet, as printed in its line.</summary>
/// <param name="geometry">Where the packet lies.</param>
/// <param name="before">How many bytes before <c>skb->data</c> the window begins.</param>
/// <param name="words">The text between its braces.</param>
internal readonly ref struct ProbeWindow(SkbGeometry geometry, int before, ReadOnlySpan<byte> words)
{
    private readonly SkbGeometry _geometry = geometry;

    /// <summary>Empty if the line has none.</summary>
    public ReadOnlySpan<byte> Words { get; } = words;

    /// <summary>Reads the window's bytes.</summary>
    /// <param name="buffer">At least <see cref="MemoryWords.MaxBytes"/>; holds them afterwards.</param>
    /// <param name="window">The packet in them; empty if its geometry is missing or impossible.</param>
    /// <returns>False if the window is missing or incomplete.</returns>
    public bool TryRead(Span<byte> buffer, out SkbWindow window)
    {
        bool isWhole = MemoryWords.TryRead(Words, buffer, out int bytes);
        window = isWhole ? new SkbWindow(_geometry, before, buffer[..bytes]) : default;
        return isWhole;
    }
}
